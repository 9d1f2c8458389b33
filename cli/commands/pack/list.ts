import { BaseCommand } from '../../base-command.js';

export default class PackList extends BaseCommand {
  static override summary =
    'List the plugins: what comes with joblet, what was installed, and what is left out and why.';
  static override examples = ['<%= config.bin %> pack list', '<%= config.bin %> pack list --json'];

  async run(): Promise<unknown> {
    const { flags } = await this.parse(PackList);
    const { builtInContents, loadPlugins } = await import('../../../plugins/index.js');
    const found = await loadPlugins(await this.pluginSettings(flags));
    const { contentsDocument, loadedDocument, rejectedDocument, renderPlugins } = await import(
      '../../render/plugins.js'
    );
    const builtIn = builtInContents();
    this.print(renderPlugins(builtIn, found));
    return {
      built_in: contentsDocument(builtIn),
      plugins: [...found.loaded.map(loadedDocument), ...found.rejected.map(rejectedDocument)],
    };
  }
}
