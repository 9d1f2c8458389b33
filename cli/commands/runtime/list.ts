import { BaseCommand } from '../../base-command.js';

export default class RuntimeList extends BaseCommand {
  static override summary = 'List the runtimes of the store.';
  static override examples = ['<%= config.bin %> runtime list', '<%= config.bin %> runtime list --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(RuntimeList);
    const builder = await this.builder(flags);
    const runtimes = await builder.listRuntimes();
    const { renderRuntimeList, runtimeListDocument } = await import('../../render/installed.js');
    this.print(renderRuntimeList(runtimes));
    return runtimeListDocument(runtimes);
  }
}
