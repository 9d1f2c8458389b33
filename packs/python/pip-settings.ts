import type { PipSettings } from './host-pip-config.js';

/** Where packages come from, host and spec taken together, and the spec's remaining options. */
export interface PipRun {
  readonly settings: PipSettings;
  /** Options that are safe to show: nothing that names an index is among them. */
  readonly args: readonly string[];
}

const SOURCE_OPTIONS: ReadonlyMap<string, { readonly key: string; readonly list: boolean }> = new Map([
  ['-i', { key: 'index-url', list: false }],
  ['--index-url', { key: 'index-url', list: false }],
  ['--pypi-url', { key: 'index-url', list: false }],
  ['--extra-index-url', { key: 'extra-index-url', list: true }],
  ['-f', { key: 'find-links', list: true }],
  ['--find-links', { key: 'find-links', list: true }],
  ['--trusted-host', { key: 'trusted-host', list: true }],
  ['--timeout', { key: 'timeout', list: false }],
  ['--default-timeout', { key: 'timeout', list: false }],
  ['--retries', { key: 'retries', list: false }],
  ['--proxy', { key: 'proxy', list: false }],
  ['--cert', { key: 'cert', list: false }],
  ['--client-cert', { key: 'client-cert', list: false }],
]);

/** Flags that hold for fetching and building as they do for resolving. */
const SOURCE_FLAGS: ReadonlyMap<string, string> = new Map([
  ['--no-index', 'no-index'],
  ['--ignore-requires-python', 'ignore-requires-python'],
]);

/**
 * Moves the options that name a source out of `args` into the settings (a file), because an argument is seen by everyone
 * in the process list. An index of the spec's own replaces every index and link of the host's configuration.
 */
export function mergePipOptions(hostSettings: PipSettings, args: readonly string[]): PipRun {
  const own = new Map<string, string[]>();
  const lists = new Set<string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const { name, inline } = splitOption(args[at] ?? '');
    const source = SOURCE_OPTIONS.get(name);
    const flag = SOURCE_FLAGS.get(name);
    if (flag !== undefined) own.set(flag, ['true']);
    if (source === undefined) {
      // Quiet, pip does not say why it could not reach an index.
      if (flag === undefined && name !== '--quiet') rest.push(args[at] ?? '');
      continue;
    }
    const value = inline ?? args[++at] ?? '';
    if (source.list) lists.add(source.key);
    own.set(source.key, source.list ? [...(own.get(source.key) ?? []), value] : [value]);
  }
  const settings = new Map(hostSettings);
  if (own.has('index-url'))
    for (const key of ['index-url', 'extra-index-url', 'find-links', 'no-index']) settings.delete(key);
  for (const [key, values] of own) {
    const inherited = lists.has(key) ? listOf(settings.get(key)) : [];
    settings.set(key, [...inherited, ...values].join('\n'));
  }
  return { settings, args: rest };
}

export function listOf(value: string | undefined): readonly string[] {
  return (value ?? '').split(/\s+/).filter((item) => item !== '');
}

/** `--name=value`, `-ivalue`. */
function splitOption(arg: string): { readonly name: string; readonly inline?: string } {
  if (!arg.startsWith('--')) return arg.length > 2 ? { name: arg.slice(0, 2), inline: arg.slice(2) } : { name: arg };
  const equals = arg.indexOf('=');
  return equals < 0 ? { name: arg } : { name: arg.slice(0, equals), inline: arg.slice(equals + 1) };
}
