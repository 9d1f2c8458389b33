import { BaseCommand } from '../../base-command.js';
import { runtimeArgument } from '../../runtime-argument.js';

export default class RuntimeRemove extends BaseCommand {
  static override summary = 'Remove a runtime.';
  static override description = 'NAME removes all versions, NAME@VERSION that one, NAME@latest the highest.';
  static override args = { runtime: runtimeArgument };
  static override examples = [
    '<%= config.bin %> runtime remove python-3.11-ml',
    '<%= config.bin %> runtime remove python-3.11-ml@1.0.0',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RuntimeRemove);
    const builder = await this.builder(flags);
    const removed = await builder.removeRuntime(args.runtime);
    for (const { name, version } of removed) this.print(`Removed ${name} ${version}\n`);
    return { success: true, removed: removed.map(({ name, version, path }) => ({ name, version, path })) };
  }
}
