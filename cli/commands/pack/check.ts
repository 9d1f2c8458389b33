import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { usageError } from '../../../core/errors/errors.js';
import { pluginInvalid, pluginNotFound } from '../../../core/errors/plugin-errors.js';
import type { LoadedPlugin, LoadedPlugins, RejectedPlugin } from '../../../core/plugins/load-plugins.js';
import type { ConformanceReport } from '../../../test/conformance/report.js';
import { BaseCommand } from '../../base-command.js';
import type { PluginSettings } from '../../engine.js';
import { visible } from '../../render/visible.js';

export default class PackCheck extends BaseCommand {
  static override summary =
    'Check plugins: that they can be loaded, keep the contract, and bring nothing that is taken.';
  static override description =
    `Without an argument, all that are found. With the name of one, that one. With a folder or a tarball, what \`pack install\` would do, except that nothing is kept. With --conformance, a language is built, broken and cancelled too; the package's own tests, which know packages of it, go further.`;
  static override args = {
    plugin: Args.string({
      description: 'a name that rnx pack list shows, a folder (./…) or a tarball [default: all]',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    conformance: Flags.string({
      description: 'also run the conformance kit with this version of the language: real builds, as root, for minutes',
      helpValue: 'VERSION',
    }),
  };
  static override examples = [
    '<%= config.bin %> pack check',
    '<%= config.bin %> pack check joblet-ruby',
    '<%= config.bin %> pack check ./joblet-ruby',
    '<%= config.bin %> pack check joblet-ruby --conformance=3.1',
  ];

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PackCheck);
    const settings = await this.pluginSettings(flags);
    const { conformance } = flags;
    if (conformance !== undefined && args.plugin === undefined)
      throw usageError('--conformance checks one plugin', 'name it');
    let report: ConformanceReport | undefined;
    const { loaded, rejected } = await this.#check(args.plugin, settings, async (plugin) => {
      if (conformance === undefined) return;
      const { checkConformance } = await import('../../pack-conformance.js');
      const { root: store } = settings;
      const { env } = this.around;
      report = await checkConformance(plugin, { version: conformance, env, store, signal: this.cancellation() });
    });
    const { brings, loadedDocument } = await import('../../render/plugins.js');
    for (const { name, version, contents } of loaded) this.print(`${name} ${version} is well: ${brings(contents)}\n`);
    const [first] = rejected;
    if (first !== undefined) throw rejected.length === 1 ? invalid(first) : severalInvalid(rejected);
    if (loaded.length === 0) this.print('No plugins found\n');
    if (report !== undefined) {
      const { renderReport } = await import('../../../test/conformance/report.js');
      this.print(`\n${visible(renderReport(report))}\n`);
    }
    return {
      success: true,
      plugins: loaded.map(loadedDocument),
      ...(report === undefined ? {} : { conformance: report }),
    };
  }

  async #check(
    wanted: string | undefined,
    settings: PluginSettings,
    further: (plugin: LoadedPlugin) => Promise<void>,
  ): Promise<Omit<LoadedPlugins, 'plugins'>> {
    const { checkPlugin, loadPlugins } = await import('../../../plugins/index.js');
    if (wanted !== undefined && isPath(wanted)) {
      return checkPlugin(wanted, settings, async (plugin) => {
        await further(plugin);
        return { loaded: [plugin], rejected: [] };
      });
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
    for (const plugin of loaded) await further(plugin);
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
