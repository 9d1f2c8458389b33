import { BaseCommand } from '../../base-command.js';
import { PLANNING_PHASES } from '../../render/build-view.js';
import { specificationArgument } from '../../runtime-argument.js';

export default class RuntimeValidate extends BaseCommand {
  static override summary = 'Check a runtime.yaml and everything that it asks for, without building.';
  static override description =
    'Runs phases 1 to 4 of a build: the specification, the platform, disk space, and that every package is to be had. Nothing is made.';
  static override args = { path: specificationArgument };
  static override examples = [
    '<%= config.bin %> runtime validate ./runtime.yaml',
    '<%= config.bin %> runtime validate . --json',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RuntimeValidate);
    const builder = await this.builderWithPlugins(flags);
    const view = await this.buildView({ phases: PLANNING_PHASES, verbose: false, quiet: true });
    const report = await builder
      .validate(args.path, { signal: this.cancellation(), onEvent: (event) => view.onEvent(event) })
      .finally(() => view.end());
    const { renderValidation, validationDocument } = await import('../../render/validation.js');
    this.print(renderValidation(report));
    return validationDocument(report);
  }
}
