import type { SmokeReport } from '../../../core/engine/builder.js';
import { smokeTestFailed } from '../../../core/errors/errors.js';
import { BaseCommand } from '../../base-command.js';
import { visibleLine } from '../../render/visible.js';
import { runtimeArgument } from '../../runtime-argument.js';

export default class RuntimeTest extends BaseCommand {
  static override summary = "Run the language's smoke test inside a runtime, as a job without network.";
  static override args = { runtime: runtimeArgument };
  static override examples = ['<%= config.bin %> runtime test python-3.11-ml'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RuntimeTest);
    const builder = await this.builderWithPlugins(flags);
    const report = await builder.testRuntime(args.runtime, { signal: this.cancellation() });
    const { name, version } = report.runtime;
    this.print(`Testing ${name} ${version}\n${report.checks.map(renderCheck).join('')}`);
    const failed = report.checks.find(({ passed }) => !passed);
    if (!report.passed) {
      throw smokeTestFailed(failed?.title ?? 'nothing was tested', 'rnx runtime build --force PATH builds it again', {
        checks: report.checks,
      });
    }
    this.print('Passed\n');
    return { success: true, name, version, checks: report.checks };
  }
}

function renderCheck({ title, passed, output }: SmokeReport['checks'][number]): string {
  const lines = passed ? [] : output.split('\n').filter((line) => line.trim() !== '');
  return `  ${passed ? 'ok    ' : 'FAILED'} ${visibleLine(title)}\n${lines.map((line) => `         ${visibleLine(line)}\n`).join('')}`;
}
