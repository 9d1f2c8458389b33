import type { AvailablePackages } from '../../../core/contracts/platform-adapter.js';
import { runTool } from '../../../core/process/run-tool.js';
import type { AptIndex } from './apt-index.js';

/** Every version that the lists have of these exact names, newest first; a name that they lack is not in the result. */
export async function readAvailable(
  index: AptIndex,
  names: readonly string[],
  signal: AbortSignal,
): Promise<AvailablePackages> {
  if (names.length === 0) return new Map();
  const asked = new Set(names);
  const result = await runTool({ argv: ['apt-cache', 'madison', '--', ...asked], env: index.env, signal });
  const versions = new Map<string, string[]>();
  for (const line of result.stdout.split('\n')) {
    const [name = '', version = '', where = ''] = line.split('|').map((part) => part.trim());
    if (!asked.has(name) || where.endsWith('Sources')) continue;
    const known = versions.get(name) ?? [];
    if (!known.includes(version)) known.push(version);
    versions.set(name, known);
  }
  return versions;
}
