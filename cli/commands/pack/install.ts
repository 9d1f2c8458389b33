import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { projectFlag } from '../../plugin-argument.js';

export default class PackInstall extends BaseCommand {
  static override summary = 'Install a plugin: a language, a phase, a platform or a source of toolchains.';
  static override description =
    `Gets the package and what it depends on through npm, without running any script of theirs, checks it beside all other plugins, and puts it in the plugin folder of the store, over an older one. When anything is wrong, nothing is changed.

A plugin is code that rnx runs as the user who runs rnx.`;
  static override args = {
    package: Args.string({
      description: 'a folder (./…), a tarball, or a package of npm: NAME or NAME@VERSION',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = { project: projectFlag };
  static override examples = [
    '<%= config.bin %> pack install ./joblet-ruby',
    '<%= config.bin %> pack install ./joblet-ruby-1.0.0.tgz',
    '<%= config.bin %> pack install joblet-ruby@1.0.0',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PackInstall);
    const { installPlugin } = await import('../../../plugins/index.js');
    const settings = await this.pluginSettings(flags);
    const plugin = await installPlugin(args.package, { ...settings, into: flags.project ? 'project' : 'store' });
    const { brings, loadedDocument } = await import('../../render/plugins.js');
    this.print(`Installed ${plugin.name} ${plugin.version}: ${brings(plugin.contents)}\n`);
    return { success: true, ...loadedDocument(plugin) };
  }
}
