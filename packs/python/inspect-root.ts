import type { Bind } from '../../core/contracts/isolator.js';
import type { LanguagePackage, PackServices } from '../../core/contracts/language-pack.js';
import { buildStepFailed } from '../../core/pack-kit.js';
import type { PipSession } from './pip-session.js';
import { normaliseName } from './requirement-name.js';
import { script } from './scripts.js';
import type { Python } from './units.js';

/** Asks the python of the root who it is: a hook may have brought it from anywhere. */
export async function probePython(session: PipSession): Promise<Python> {
  const identify = 'import sys; print("%d.%d" % sys.version_info[:2]); print(sys.executable)';
  const [version = '', executable = ''] = (await runScript(session, ['-c', identify])).split('\n');
  return { version, executable };
}

/** The packages with the versions that python finds in the root, which must be the expected ones. */
export async function listInstalled(
  expected: readonly LanguagePackage[],
  session: PipSession,
): Promise<readonly LanguagePackage[]> {
  const list = script('list-installed.py');
  const output = await runScript(session, [list.rootPath], [list]);
  const found = new Map(
    Object.entries<string>(JSON.parse(output)).map(([name, version]) => [normaliseName(name), version]),
  );
  const wrong = expected.filter((item) => found.get(normaliseName(item.name)) !== item.version);
  if (wrong.length > 0) {
    const wrongOnes = wrong
      .map((item) => `${item.label} (found: ${found.get(normaliseName(item.name)) ?? 'none'})`)
      .join(', ');
    throw buildStepFailed(`pip packages are not in the root as planned: ${wrongOnes}`, 'build again with --force', {
      packages: wrong.map((item) => item.label),
    });
  }
  return expected;
}

/** Says which packages lack something that they require. */
export async function warnOfConflicts(session: PipSession, services: PackServices): Promise<void> {
  const result = await session.runner.run({
    args: [...session.tool.command, 'check'],
    binds: session.tool.binds,
    env: { PIP_DISABLE_PIP_VERSION_CHECK: '1', PYTHONDONTWRITEBYTECODE: '1' },
    quiet: true,
  });
  if (result.status !== 0)
    services.warn(`pip packages lack requirements: ${result.stdout.trim().split('\n').join('; ')}`);
}

async function runScript(session: PipSession, args: readonly string[], binds: readonly Bind[] = []): Promise<string> {
  const result = await session.runner.run({
    args: [session.python, ...args],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
    binds,
    quiet: true,
  });
  if (result.status !== 0) {
    throw buildStepFailed(`${session.python} does not run in the build root`, 'see the output above', {
      status: result.status,
      stderrTail: result.stderrTail,
    });
  }
  return result.stdout;
}
