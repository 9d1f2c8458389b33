import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { PackServices } from '../../core/contracts/language-pack.js';
import { makePrivateDirectory, ownDirectory, readPlainFile, writePrivateFile } from '../../core/pack-kit.js';
import { pipInstallFailed } from './errors.js';
import { BUILD_HINT, diagnosePipFailure } from './pip-failure.js';
import type { PipItem } from './pip-report.js';
import type { PipSession, PythonHost } from './pip-session.js';
import { normaliseName } from './requirement-name.js';
import { MAX_WHEEL_BYTES, storeWheel, type Wheel } from './wheel-cache.js';

/** Of the spec's options, those that say how a package is built; each with the number of its values. */
const BUILD_OPTIONS: ReadonlyMap<string, number> = new Map([
  ['--no-build-isolation', 0],
  ['--use-pep517', 0],
  ['--check-build-dependencies', 0],
  ['--config-settings', 1],
  ['--config-setting', 1],
  ['-C', 1],
  ['--global-option', 1],
]);

/** Builds source packages into wheels, in the build root, where compilers, headers and the network are. */
export async function buildWheels(
  items: readonly PipItem[],
  session: PipSession,
  services: PackServices,
  own: PythonHost,
): Promise<ReadonlyMap<PipItem, Wheel>> {
  const wheels = new Map<PipItem, Wheel>();
  for (const item of items) {
    services.progress(`building ${item.name} ${item.version}`);
    const work = await makePrivateDirectory(services.scratchDir, 'build', own.ids);
    try {
      wheels.set(item, await buildWheel(item, work, session, services, own));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return wheels;
}

async function buildWheel(
  item: PipItem,
  work: string,
  session: PipSession,
  services: PackServices,
  own: PythonHost,
): Promise<Wheel> {
  const hash = item.sha256 ? ` --hash=sha256:${item.sha256}` : '';
  await writePrivateFile(path.join(work, 'lock.txt'), `${item.name} @ ${item.url}${hash}\n`, own.ids);
  const out = await ownDirectory(path.join(work, 'wheels'), own.ids);
  const result = await session.access.run(session.runner, {
    args: [
      ...session.tool.command,
      'wheel',
      '--no-deps',
      ...buildOptions(session.pip.args),
      '--wheel-dir',
      '/tmp/joblet-work/wheels',
      '--requirement',
      '/tmp/joblet-work/lock.txt',
    ],
    // The same source makes the same wheel, and so the same unit.
    env: { ...session.tool.env, SOURCE_DATE_EPOCH: '315532800' },
    binds: [...session.tool.binds, { hostPath: work, rootPath: '/tmp/joblet-work', writable: true }],
  });
  if (result.status !== 0) {
    const output = `${result.stdout}\n${result.stderrTail}`;
    const failure = diagnosePipFailure(output, { requirements: [], settings: session.pip.settings });
    if (failure.kind === 'error') throw failure.error;
    throw pipInstallFailed(`${item.name}==${item.version} has no wheel and could not be built: ${failure.reason}`, {
      hint: BUILD_HINT,
      details: { package: item.name, ...failure.error.details },
    });
  }
  // Whatever built it may have put a link to the host in the directory's place.
  const built = lstatSync(out).isDirectory() ? await readdir(out) : [];
  const wheel = built.find((name) => normaliseName(name.split('-')[0] ?? '') === normaliseName(item.name));
  if (wheel === undefined)
    throw pipInstallFailed(`${item.name} was built, but no wheel came of it`, { hint: 'run with -v' });
  const file = path.join(out, wheel);
  const made = {
    name: item.name,
    sha256: createHash('sha256').update(readPlainFile(file, MAX_WHEEL_BYTES)).digest('hex'),
    fileName: wheel,
  };
  await storeWheel(file, made, work, services);
  return made;
}

function buildOptions(args: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const values = BUILD_OPTIONS.get(arg.split('=')[0] ?? '');
    if (values === undefined) continue;
    kept.push(arg);
    if (values === 1 && !arg.startsWith('--')) kept.push(args[++at] ?? '');
    else if (values === 1 && !arg.includes('=')) kept.push(args[++at] ?? '');
  }
  return kept;
}
