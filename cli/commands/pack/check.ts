import * as Args from '@oclif/core/args';
import { pluginInvalid, pluginNotFound } from '../../../core/errors/plugin-errors.js';
import type { LoadedPlugin, LoadedPlugins, RejectedPlugin } from '../../../core/plugins/load-plugins.js';
import { BaseCommand } from '../../base-command.js';
import type { PluginSettings } from '../../engine.js';

export default class PackCheck extends BaseCommand {
  static override summary =
    'Check plugins: that they can be loaded, keep the contract, and bring nothing that is taken.';
  static override description =
    `Without an argument, all that are found. With the name of one, that one. With a folder or a tarball, what \`pack install\` would do, except that nothing is kept. What a language pack does in a build is for the conformance kit (joblet/testing), in its own tests.`;
  static override args = {
    plugin: Args.string({
      description: 'a name that rnx pack list shows, a folder (./…) or a tarball [default: all]',
      ignoreStdin: true,
    }),
  };
  static override examples = [
    '<%= config.bin %> pack check',
    '<%= config.bin %> pack check joblet-ruby',
    '<%= config.bin %> pack check ./joblet-ruby',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PackCheck);
    const settings = await this.pluginSettings(flags);
    const { loaded, rejected } = await this.#check(args.plugin, settings);
    const { brings, loadedDocument } = await import('../../render/plugins.js');
    for (const { name, version, contents } of loaded) this.print(`${name} ${version} is well: ${brings(contents)}\n`);
    const [first] = rejected;
    if (first !== undefined) throw rejected.length === 1 ? invalid(first) : severalInvalid(rejected);
    if (loaded.length === 0) this.print('No plugins found\n');
    return { success: true, plugins: loaded.map(loadedDocument) };
  }

  async #check(wanted: string | undefined, settings: PluginSettings): Promise<Omit<LoadedPlugins, 'plugins'>> {
    const { checkPlugin, loadPlugins } = await import('../../../plugins/index.js');
    if (wanted !== undefined && isPath(wanted)) {
      return checkPlugin(wanted, settings, async (plugin) => ({ loaded: [plugin], rejected: [] }));
    }
    const found = await loadPlugins(settings);
    if (wanted === undefined) return found;
    const named = <T extends LoadedPlugin | RejectedPlugin>(all: readonly T[]) =>
      all.filter(({ name }) => name === wanted);
    const loaded = named(found.loaded);
    // One that stands behind another of its name is not in the way.
    const rejected = loaded.length > 0 ? [] : named(found.rejected);
    if (loaded.length + rejected.length === 0) {
      const names = [...found.loaded, ...found.rejected].map(({ name }) => name);
      throw pluginNotFound(wanted, names);
    }
    return { loaded, rejected };
  }
}

function invalid({ name, problems }: RejectedPlugin) {
  return pluginInvalid(name, problems);
}

function severalInvalid(rejected: readonly RejectedPlugin[]) {
  return pluginInvalid(
    `${rejected.length} plugins`,
    rejected.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
  );
}

/** As npm tells a path from a name. */
function isPath(text: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$)/.test(text) || /\.(?:tgz|tar\.gz|tar)$/.test(text);
}
