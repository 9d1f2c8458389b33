import { BaseCommand } from '../../base-command.js';
import { pluginArgument, projectFlag } from '../../plugin-argument.js';

export default class PackRemove extends BaseCommand {
  static override summary = 'Remove a plugin that was installed.';
  static override description =
    'Runtimes that were built with it stay, and jobs run in them; to build or test them again, it has to be there.';
  static override args = { plugin: pluginArgument };
  static override flags = { project: projectFlag };
  static override examples = ['<%= config.bin %> pack remove joblet-ruby'];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PackRemove);
    const { removePlugin } = await import('../../../plugins/index.js');
    const settings = await this.pluginSettings(flags);
    const plugin = await removePlugin(args.plugin, { ...settings, from: flags.project ? 'project' : 'store' });
    const { identityDocument } = await import('../../render/plugins.js');
    const version = plugin.version === '' ? '' : ` ${plugin.version}`;
    this.print(`Removed ${plugin.name}${version}\n`);
    return { success: true, ...identityDocument(plugin) };
  }
}
