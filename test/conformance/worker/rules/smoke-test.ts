import type { LanguagePackage, PackRequest } from '../../../../core/contracts/language-pack.js';
import { runSmokeTest, type SmokeCheck } from '../../../../core/jobs/smoke-test.js';
import type { Bench, BuiltRuntime } from '../bench.js';
import { BrokenRoot } from '../broken-root.js';

export async function smokeTestPasses(bench: Bench): Promise<readonly string[]> {
  const built = await bench.built();
  const whole = await runChecks(bench, built, built.result.runtime.rootPath, requestOf(bench, built));
  // As `rnx runtime test` does it, which has only what runtime.yml says.
  const { checks } = await bench.engine.testRuntime(bench.runtimeName);
  return [...whole.filter(({ passed }) => !passed), ...checks.filter(({ passed }) => !passed)].map(
    ({ title, output }) => `${title}: ${output}`,
  );
}

export async function smokeTestFails(bench: Bench): Promise<readonly string[]> {
  const built = await bench.built();
  const { rootPath } = built.result.runtime;
  const problems: string[] = [];
  const expectFailure = async (how: string, change: (root: BrokenRoot) => number) => {
    const root = await BrokenRoot.copy(
      rootPath,
      bench.given.workDir,
      built.result.runtime.manifest.environment['PATH'],
    );
    try {
      if (change(root) === 0) return void problems.push(`${how}: there is nothing of that in the runtime`);
      const checks = await runChecks(bench, built, root.dir, requestOf(bench, built));
      if (checks.every(({ passed }) => passed)) problems.push(`${how}: every check passes`);
    } finally {
      await root.remove();
    }
  };
  const programs = [...new Set(commandsOf(bench, built, requestOf(bench, built)).map(({ args }) => args[0] ?? ''))];
  await expectFailure('without the program that it runs first', (root) => root.removeProgram(programs[0] ?? ''));
  await expectFailure('with programs that do nothing, and succeed', (root) =>
    programs.reduce((count, program) => count + root.disableProgram(program), 0),
  );
  const files = built.findings.installs?.files ?? [];
  if (files.length > 0) {
    await expectFailure('without the files of its packages', (root) => root.removeFiles(new Set(files)));
  }
  for (const { title, remove } of bench.given.breakages ?? []) {
    await expectFailure(title, (root) => root.removeMatching(remove));
  }

  const [, another = bench.given.unknownVersion] = bench.given.versions;
  const asAnother = await runChecks(bench, built, rootPath, { ...requestOf(bench, built), version: another });
  if (asAnother.every(({ passed }) => passed)) problems.push(`it takes ${bench.version} for ${another}`);
  return problems;
}

/** As phase 4 made it: with the archive that the language comes from, if it does. */
function requestOf({ given, version }: Bench, { findings }: BuiltRuntime): PackRequest {
  return findings.planned?.request ?? { role: 'base', version, values: given.values };
}

function commandsOf({ pack }: Bench, { findings }: BuiltRuntime, request: PackRequest) {
  const packages: readonly LanguagePackage[] = findings.installs?.first ?? [];
  return pack.smokeTest(request, packages);
}

function runChecks(
  bench: Bench,
  built: BuiltRuntime,
  rootPath: string,
  request: PackRequest,
): Promise<readonly SmokeCheck[]> {
  const { manifest } = built.result.runtime;
  return runSmokeTest({ rootPath, manifest }, commandsOf(bench, built, request), bench.isolator, undefined);
}
