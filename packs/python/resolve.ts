import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { LanguagePackage, PackPlan, PackRequest, PackServices } from '../../core/contracts/language-pack.js';
import { type JobletError, makePrivateDirectory, readPlainFile, writePrivateFile } from '../../core/pack-kit.js';
import { pipTooOld } from './errors.js';
import { allMissing, diagnosePipFailure, missingItem, type PipFailure } from './pip-failure.js';
import { type PipItem, type PipReport, parsePipReport } from './pip-report.js';
import { type PipSession, type PythonHost, requirementsOf, withPipSession } from './pip-session.js';
import { planData } from './plan-data.js';

const COMPILER: readonly string[] = ['build-essential'];
/** Each costs a run of pip. */
const MOST_REPORTED = 10;

/** Requirements to exact versions, before anything is built. Deferred where only the build root can tell. */
export async function planPackages(request: PackRequest, services: PackServices, own: PythonHost): Promise<PackPlan> {
  const requirements = requirementsOf(request);
  if (requirements.length === 0) return planOf({ python: request.version ?? '', items: [] });
  if (request.toolchain !== undefined) return deferred('its python is an archive, unpacked in the build root', []);
  if (!services.tools) return deferred('a pre-install hook may change where python comes from', []);
  if (requirements.some((requirement) => /@\s*(?:git|hg|svn|bzr)\+/.test(requirement))) {
    return deferred('a package comes from a version control system', [...COMPILER, 'git']);
  }
  services.progress(
    `resolving ${requirements.length === 1 ? '1 pip requirement' : `${requirements.length} pip requirements`}`,
  );
  return await withPipSession(request, services.tools, services, own, async (session) => {
    const resolved = await resolveAll(requirements, session, services, own);
    if (resolved.kind === 'resolved') return planOf(resolved.report);
    if (resolved.kind === 'needs-build') {
      return deferred(`a source package has to be built first: ${resolved.reason}`, COMPILER);
    }
    throw resolved.error;
  });
}

/** Like `resolve`, but pip stops at the first requirement that nothing meets: this one asks again without it, and reports
 * all of them. */
export async function resolveAll(
  requirements: readonly string[],
  session: PipSession,
  services: PackServices,
  own: PythonHost,
): Promise<Resolution> {
  const remaining = [...requirements];
  const missing: JobletError[] = [];
  for (;;) {
    const resolved = await resolve(remaining, session, services, own);
    const index = resolved.kind === 'error' ? missingItem(resolved.error) : undefined;
    if (resolved.kind === 'error' && index !== undefined) {
      missing.push(resolved.error);
      remaining[index] = '';
      if (missing.length < MOST_REPORTED && remaining.some((requirement) => requirement !== '')) continue;
    }
    const [first] = missing;
    if (first === undefined) return resolved;
    return { kind: 'error', error: missing.length === 1 ? first : allMissing(missing) };
  }
}

export type Resolution = { readonly kind: 'resolved'; readonly report: PipReport } | PipFailure;

/** Asks pip, in the session's root. Installs nothing. */
export async function resolve(
  requirements: readonly string[],
  session: PipSession,
  services: PackServices,
  own: PythonHost,
): Promise<Resolution> {
  const { tool, pip } = session;
  const work = await makePrivateDirectory(services.scratchDir, 'resolve', own.ids);
  try {
    // A file, not arguments: what stands in it is never read as an option of pip's command line, and is not in the process list.
    await writePrivateFile(
      path.join(work, 'requirements.txt'),
      `${requirements.map(checkedLine).join('\n')}\n`,
      own.ids,
    );
    const result = await session.access.run(session.runner, {
      args: [
        ...tool.command,
        'install',
        '--dry-run',
        '--ignore-installed',
        '--report',
        '/tmp/joblet-work/report.json',
        ...pip.args,
        '--requirement',
        '/tmp/joblet-work/requirements.txt',
      ],
      env: tool.env,
      binds: [...tool.binds, { hostPath: work, rootPath: '/tmp/joblet-work', writable: true }],
    });
    if (result.status !== 0) {
      if (/no such option: --(?:dry-run|report)/.test(result.stderrTail)) throw pipTooOld();
      return diagnosePipFailure(`${result.stdout}\n${result.stderrTail}`, { requirements, settings: pip.settings });
    }
    const report = readPlainFile(path.join(work, 'report.json')).toString('utf8');
    return { kind: 'resolved', report: parsePipReport(report) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** checkSpec has refused options and line breaks already; a plan must not depend on that. */
function checkedLine(requirement: string): string {
  if (/^\s*-|[\r\n]/.test(requirement)) throw new Error(`not a requirement: ${JSON.stringify(requirement)}`);
  return requirement;
}

function deferred(reason: string, extraBuild: readonly string[]): PackPlan {
  return { packages: [], extraBuild, deferred: reason, data: planData({ python: '', items: [] }) };
}

function planOf(report: PipReport): PackPlan {
  const built = report.items.filter((item) => item.kind !== 'wheel');
  return {
    packages: report.items.map(languagePackage),
    extraBuild: built.length === 0 ? [] : [...COMPILER, ...(built.some((item) => item.kind === 'vcs') ? ['git'] : [])],
    data: planData(report),
  };
}

export function languagePackage(item: PipItem): LanguagePackage {
  return {
    name: item.name,
    version: item.version,
    label: `${item.name}==${item.version}`,
    ...(item.sha256 ? { hash: `sha256:${item.sha256}` } : {}),
  };
}
