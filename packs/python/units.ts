import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { PackServices } from '../../core/contracts/language-pack.js';
import {
  buildStepFailed,
  diskFull,
  makePrivateDirectory,
  ownDirectory,
  writePrivateFile,
} from '../../core/pack-kit.js';
import type { PipSession, PythonHost } from './pip-session.js';
import { publish } from './publish.js';
import { script } from './scripts.js';
import { type Wheel, wheelPath, wheelsDirectory } from './wheel-cache.js';

/** Part of every unit's key: raised when `make-units.py` makes something else of the same wheel. */
const FORMAT = 1;

const MAKE_UNITS = script('make-units.py');

/** The python that units are for; its path stands in the scripts. */
export interface Python {
  /** X.Y. */
  readonly version: string;
  readonly executable: string;
}

/** Below `home`: where the tree is (or will be) that a wheel installs to: immutable, named by all that it depends on. */
export function unitPath(wheel: Wheel, python: Python, session: Pick<PipSession, 'tool'>, home: string): string {
  const inputs = JSON.stringify([
    FORMAT,
    wheel.sha256,
    wheel.fileName,
    python.version,
    python.executable,
    session.tool.id,
  ]);
  return path.join(home, 'units', createHash('sha256').update(inputs).digest('hex').slice(0, 40));
}

/**
 * Unpacks and byte-compiles the wheels of the cache whose unit is not there yet, as many at once as there are cores. `home`
 * is the cache only where the session's root is the distribution's own: units of the cache go into every runtime.
 */
export async function makeUnits(
  wheels: readonly Wheel[],
  python: Python,
  session: PipSession,
  services: PackServices,
  own: PythonHost,
  home: string,
): Promise<void> {
  const missing = wheels.filter((wheel) => !existsSync(unitPath(wheel, python, session, home)));
  if (missing.length === 0) return;
  services.progress(`unpacking ${missing.length === 1 ? missing[0]?.name : `${missing.length} wheels`}`);
  const work = await makePrivateDirectory(services.scratchDir, 'units', own.ids);
  try {
    const units = [];
    for (const [index, wheel] of missing.entries()) {
      await ownDirectory(path.join(work, String(index)), own.ids);
      units.push({
        name: wheel.name,
        wheel: `/tmp/joblet-wheels/${wheelPath(wheel)}`,
        dest: `/tmp/joblet-work/${index}`,
      });
    }
    const { libraryPath, command, binds } = session.tool;
    const job = { library: libraryPath ?? null, command, workers: availableParallelism(), units };
    await writePrivateFile(path.join(work, 'job.json'), JSON.stringify(job), own.ids);
    const result = await session.runner.run({
      args: [session.python, MAKE_UNITS.rootPath, '/tmp/joblet-work/job.json'],
      // A distribution's pip wants to see certificates even where it needs none.
      network: libraryPath === undefined,
      env: { PIP_BREAK_SYSTEM_PACKAGES: '1', PIP_ROOT_USER_ACTION: 'ignore', PYTHONDONTWRITEBYTECODE: '1' },
      binds: [
        ...binds,
        { hostPath: wheelsDirectory(services), rootPath: '/tmp/joblet-wheels' },
        { hostPath: work, rootPath: '/tmp/joblet-work', writable: true },
        MAKE_UNITS,
      ],
    });
    if (result.status !== 0) {
      if (/No space left on device/.test(result.stderrTail)) throw diskFull(result.stderrTail);
      const reason = result.stderrTail.trim().split('\n').at(-1) ?? '';
      throw buildStepFailed(`a pip package cannot be unpacked: ${reason}`, 'run again with -v to see all output', {
        status: result.status,
        stderrTail: result.stderrTail,
      });
    }
    for (const [index, wheel] of missing.entries()) {
      await publish(path.join(work, String(index)), unitPath(wheel, python, session, home));
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
