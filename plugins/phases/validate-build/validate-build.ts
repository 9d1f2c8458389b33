import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { inject, injectable } from 'tsyringe';
import { stringify } from 'yaml';
import { ISOLATOR, type Isolator } from '../../../core/contracts/isolator.js';
import type { Phase } from '../../../core/contracts/phase.js';
import { cancelled, smokeTestFailed } from '../../../core/errors/errors.js';
import { runSmokeTest } from '../../../core/jobs/smoke-test.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, INSTALLED_PACKAGES } from '../../../core/pipeline/results.js';
import { ISOLATED_ROOT, MANIFEST, MEASURES } from '../../../core/pipeline/root-results.js';

@injectable()
export class ValidateBuild implements Phase {
  readonly number = 14;
  readonly id = 'validate-build';
  readonly title = 'Validate Build';
  readonly description = "Verify build integrity: each pack's smoke test, as a job of the finished runtime";

  constructor(@inject(ISOLATOR) private readonly isolator: Isolator) {}

  async run(context: BuildContext): Promise<void> {
    const rootPath = context.get(ISOLATED_ROOT).dir;
    const packages = context.get(INSTALLED_PACKAGES);
    const commands = context.get(BUILD_PLAN).packs.flatMap(({ pack, request }) => pack.smokeTest(request, packages));
    context.progress(`running ${commands.length} checks in the runtime`);
    const checks = await runSmokeTest(
      { rootPath, manifest: context.get(MANIFEST) },
      commands,
      this.isolator,
      context.signal,
    );
    if (context.signal.aborted) throw cancelled(context.signal.reason);
    for (const check of checks) context.log(`${check.passed ? 'passed' : 'FAILED'}: ${check.title}`);
    const failed = checks.find((check) => !check.passed);
    if (failed)
      throw smokeTestFailed(failed.title, failed.output.split('\n').slice(-5).join('\n') || 'it wrote nothing', {
        checks: checks.filter((check) => !check.passed),
      });
    const measures = await context.get(MEASURES);
    await appendFile(path.join(path.dirname(rootPath), 'runtime.yml'), stringify(measures));
    context.progress(`${checks.length} checks passed`);
  }
}
