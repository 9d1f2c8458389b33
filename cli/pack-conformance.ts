import { Ajv2020 } from 'ajv/dist/2020.js';
import { usageError } from '../core/errors/errors.js';
import { pluginInvalid } from '../core/errors/plugin-errors.js';
import type { LoadedPlugin } from '../core/plugins/load-plugins.js';
import { type ConformanceReport, checkPack } from '../test/conformance/index.js';

export interface ConformanceOptions {
  /** The version to build. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whose cached roots are used. */
  readonly store: string;
  readonly signal: AbortSignal;
}

/**
 * Runs the conformance kit against the one language of a plugin, as far as that goes without a case of its author's: no packages, no
 * mistakes. Throws E_PLUGIN_INVALID when a rule is broken.
 */
export async function checkConformance(plugin: LoadedPlugin, options: ConformanceOptions): Promise<ConformanceReport> {
  const [pack, ...more] = plugin.contents.packs;
  if (pack === undefined || more.length > 0)
    throw usageError(
      `${plugin.name} brings ${more.length + Number(pack !== undefined)} languages`,
      'the kit checks one',
    );
  const env = Object.entries(options.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const report = await checkPack({
    plugin: plugin.module,
    pack: pack.id,
    versions: [options.version],
    unknownVersion: impossibleVersion(pack.versionSchema),
    values: {},
    env: Object.fromEntries(env),
    store: options.store,
    signal: options.signal,
  });
  const broken = report.rules.filter(({ outcome }) => outcome === 'failed');
  if (broken.length > 0)
    throw pluginInvalid(
      plugin.name,
      broken.flatMap(({ id, problems }) => problems.map((problem) => `${id}: ${problem}`)),
    );
  return report;
}

/** One that is written as the language writes versions and that nobody has. */
function impossibleVersion(schema: LoadedPlugin['contents']['packs'][number]['versionSchema']): string {
  const isWritten = new Ajv2020({ strict: false, logger: false, validateFormats: false }).compile({ ...schema });
  const candidates = ['99.99', '99', '99.99.99', '9.99', '0.99'];
  return candidates.find((version) => isWritten(version) === true) ?? '99.99';
}
