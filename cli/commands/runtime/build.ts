import * as Flags from '@oclif/core/flags';
import type { Builder } from '../../../core/engine/builder.js';
import { BaseCommand } from '../../base-command.js';
import { BUILD_PHASES, PLANNING_PHASES } from '../../render/build-view.js';
import { RecentOutput } from '../../render/recent-output.js';
import { visibleLine } from '../../render/visible.js';
import { specificationArgument } from '../../runtime-argument.js';

export default class RuntimeBuild extends BaseCommand {
  static override summary = 'Build a runtime from a runtime.yaml.';
  static override description =
    `Runs all 14 phases. The runtime appears in the store when the last one has passed; until then, and after any failure, the one that was there before keeps working.

A runtime that was built from the same specification before is left as it is.`;
  static override args = { path: specificationArgument };
  static override flags = {
    verbose: Flags.boolean({ char: 'v', description: 'show every line of output of every command', default: false }),
    force: Flags.boolean({
      char: 'f',
      description: 'build again what is already built, hooks included',
      default: false,
    }),
    'dry-run': Flags.boolean({ description: 'print what would be installed, and build nothing', default: false }),
    timings: Flags.boolean({ description: 'show at the end where the time went, phase by phase', default: false }),
  };
  static override examples = [
    '<%= config.bin %> runtime build ./runtime.yaml',
    '<%= config.bin %> runtime build --dry-run .',
    '<%= config.bin %> runtime build --json . > result.json',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RuntimeBuild);
    const builder = await this.builderWithPlugins(flags);
    if (flags['dry-run']) return this.#plan(builder, args.path, flags.verbose);

    const recent = new RecentOutput();
    const warnings: string[] = [];
    const tree = this.isTerminal() && !flags.verbose;
    const view = await this.buildView({ phases: BUILD_PHASES, verbose: flags.verbose, quiet: false });
    try {
      const result = await builder.build(
        { path: args.path, force: flags.force },
        {
          signal: this.cancellation(),
          onEvent: (event) => {
            recent.onEvent(event);
            if (event.type === 'warning') warnings.push(event.message);
            view.onEvent(event);
          },
        },
      );
      await view.end();
      const { buildResultDocument, renderBuildResult, renderTimings } = await import('../../render/build-result.js');
      if (tree) for (const warning of warnings) this.printError(`Warning: ${visibleLine(warning)}\n`);
      const root = this.rootFlag(flags);
      this.print(`\n${renderBuildResult(result, root)}`);
      if (flags.timings) this.print(`\n${renderTimings(result.timings, result.durationMs)}`);
      return buildResultDocument(result, root);
    } catch (error) {
      await view.end();
      if (!flags.verbose && !this.jsonEnabled() && !this.cancellation().aborted) this.printError(recent.render());
      throw error;
    }
  }

  async #plan(builder: Builder, path: string, verbose: boolean): Promise<unknown> {
    const view = await this.buildView({ phases: PLANNING_PHASES, verbose, quiet: true });
    const report = await builder
      .validate(path, { signal: this.cancellation(), onEvent: (event) => view.onEvent(event) })
      .finally(() => view.end());
    const { renderDryRun, validationDocument } = await import('../../render/validation.js');
    this.print(renderDryRun(report));
    return { dry_run: true, ...validationDocument(report) };
  }
}
