import type { HostCheck, HostFinding } from '../contracts/host-check.js';

export interface HostReport {
  /** False when something is missing without which no job runs. */
  readonly fit: boolean;
  readonly findings: readonly (HostFinding & { readonly check: string })[];
}

/** What all checks find, in their order. Never rejects. */
export async function examineHost(checks: readonly HostCheck[]): Promise<HostReport> {
  const findings = await Promise.all(
    checks.map(async (check) => (await findingsOf(check)).map((finding) => ({ check: check.id, ...finding }))),
  );
  return { fit: findings.flat().every(({ status }) => status !== 'missing'), findings: findings.flat() };
}

async function findingsOf(check: HostCheck): Promise<readonly HostFinding[]> {
  try {
    return await check.examine();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        subject: check.id,
        status: 'limited',
        found: `could not be told: ${reason}`,
        advice: 'run again with DEBUG=* and report what it says',
      },
    ];
  }
}
