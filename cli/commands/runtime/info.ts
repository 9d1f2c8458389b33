import { BaseCommand } from '../../base-command.js';
import { runtimeArgument } from '../../runtime-argument.js';

export default class RuntimeInfo extends BaseCommand {
  static override summary = 'Show what a runtime is made of.';
  static override args = { runtime: runtimeArgument };
  static override examples = [
    '<%= config.bin %> runtime info python-3.11-ml',
    '<%= config.bin %> runtime info python-3.11-ml@1.0.0 --json',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RuntimeInfo);
    const builder = await this.builder(flags);
    const runtime = await builder.findRuntime(args.runtime);
    const { renderRuntimeInfo, runtimeInfoDocument } = await import('../../render/installed.js');
    const root = this.rootFlag(flags);
    this.print(renderRuntimeInfo(runtime, args.runtime, root));
    return runtimeInfoDocument(runtime, args.runtime, root);
  }
}
