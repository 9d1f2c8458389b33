import { configInvalid } from '../errors/errors.js';
import { parseAmount } from '../jobs/amounts.js';
import { checkSchema } from '../spec/check-schema.js';
import { parseDuration } from '../spec/duration.js';
import { printable } from '../spec/printable.js';
import { renderReport } from '../spec/report.js';
import type { SpecReportEntry } from '../spec/runtime-spec.js';
import { SourceText } from '../spec/source-text.js';
import type { SpecPath } from '../spec/spec-position.js';
import { formatPath } from '../spec/spec-position.js';
import type { Tree } from '../spec/spec-tree.js';
import { readTree } from '../spec/spec-tree.js';
import { isMapping } from '../spec/tree-access.js';
import { parseYaml } from '../spec/yaml-syntax.js';
import type { Config, LimitSettings } from './config.js';
import { DEFAULT_CONFIG } from './config.js';
import { CONFIG_SCHEMA } from './config-schema.js';

/** Reads a configuration. Throws E_CONFIG_INVALID with every problem, each with line and column. */
export function parseConfig(text: string, file: string): Config {
  const source = new SourceText(text);
  const yaml = parseYaml(text);
  if (yaml.kind === 'empty') return DEFAULT_CONFIG;
  const entry = (offset: number, path: SpecPath, message: string, hint?: string): SpecReportEntry => ({
    severity: 'error',
    path: formatPath(path),
    ...source.place(offset),
    message: printable(message),
    ...(hint === undefined ? {} : { hint: printable(hint) }),
  });
  const refuse = (entries: readonly SpecReportEntry[]) => configInvalid(renderReport(entries, file), entries, file);
  if (yaml.kind === 'broken')
    throw refuse(yaml.problems.map(({ offset, message, hint }) => entry(offset, [], message, hint)));

  const tree = readTree(yaml.document, source, CONFIG_SCHEMA);
  const value = isMapping(tree.value) ? withoutEmpty(tree.value) : tree.value;
  const offsetOf = (path: SpecPath, of: 'key' | 'value'): number => tree.offset(path, of) ?? tree.offset(path) ?? 0;
  const found = [
    ...tree.problems.map(({ offset, path, message, hint }) => ({ offset, path, message, hint })),
    ...onePerPath(checkSchema(value, CONFIG_SCHEMA)).map(({ path, of, message, hint }) => {
      return { offset: offsetOf(path, of), path, message, hint };
    }),
  ];
  if (found.length > 0) {
    found.sort((a, b) => a.offset - b.offset);
    throw refuse(found.map(({ offset, path, message, hint }) => entry(offset, path, message, hint)));
  }
  return configOf(value);
}

/** A section whose keys are all commented out is as if it were not there. */
function withoutEmpty(value: { readonly [key: string]: Tree }): { readonly [key: string]: Tree } {
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

/** Of alternatives that all fail, the schema reports each. */
function onePerPath<T extends { readonly path: SpecPath }>(problems: readonly T[]): readonly T[] {
  const last = new Map(problems.map((problem) => [formatPath(problem.path), problem]));
  return [...last.values()];
}

function configOf(value: Tree): Config {
  const at = (section: string, key: string): Tree | undefined => {
    const found = isMapping(value) ? value[section] : undefined;
    return isMapping(found) ? found[key] : undefined;
  };
  const network = at('run', 'network');
  return {
    run: {
      detach: at('run', 'detach') === true,
      network: network === 'host' || network === 'isolated' ? network : DEFAULT_CONFIG.run.network,
    },
    defaults: limitsOf((key) => at('defaults', key), DEFAULT_CONFIG.defaults),
    ceilings: limitsOf((key) => at('ceilings', key), DEFAULT_CONFIG.ceilings),
    network: { allowHost: at('network', 'allow_host') === true },
    jobs: {
      logBytes: amountOf(at('jobs', 'log_size')) ?? DEFAULT_CONFIG.jobs.logBytes,
      retentionMs: durationOf(at('jobs', 'retention')) ?? DEFAULT_CONFIG.jobs.retentionMs,
    },
    toolchains: {
      ...sourcesOf(at('toolchains', 'sources')),
      addresses: textsOf(at('toolchains', 'addresses')),
      keyrings: textsOf(at('toolchains', 'keyrings')),
    },
    plugins: { project: at('plugins', 'project') !== false },
  };
}

function sourcesOf(value: Tree | undefined): Pick<Config['toolchains'], 'sources'> {
  return Array.isArray(value) ? { sources: value.map(String) } : {};
}

function textsOf(value: Tree | undefined): Readonly<Record<string, string>> {
  if (value === undefined || !isMapping(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function limitsOf(at: (key: string) => Tree | undefined, fallback: LimitSettings): LimitSettings {
  const entries = [
    ['maxCpu', at('max_cpu'), amountOf],
    ['maxMemory', at('max_memory'), amountOf],
    ['maxIobps', at('max_iobps'), amountOf],
    ['maxPids', at('max_pids'), amountOf],
    ['maxDisk', at('max_disk'), amountOf],
    ['maxInodes', at('max_inodes'), amountOf],
    ['maxOutput', at('max_output'), amountOf],
    ['timeoutMs', at('timeout'), durationOf],
  ] as const;
  const given = entries.flatMap(([name, given, read]) => {
    const amount = given === undefined ? fallback[name] : read(given);
    return amount === undefined ? [] : [[name, amount] as const];
  });
  return Object.fromEntries(given);
}

/** Undefined for `none`. */
function amountOf(value: Tree | undefined): number | undefined {
  return typeof value === 'number' ? value : typeof value === 'string' ? parseAmount(value, 'B') : undefined;
}

function durationOf(value: Tree | undefined): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}
