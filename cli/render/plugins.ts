import type { LoadedPlugin, LoadedPlugins, PluginIdentity, RejectedPlugin } from '../../core/plugins/load-plugins.js';
import type { PluginContents } from '../../core/plugins/plugin-contents.js';
import { JOBLET_VERSION } from '../../core/version.js';
import { renderTable } from './table.js';
import { visibleLine } from './visible.js';

/** A table of what is used, then what is left out with every reason. */
export function renderPlugins(builtIn: PluginContents, { loaded, rejected }: LoadedPlugins): string {
  const { packs, phases, toolchainSources, platforms } = builtIn;
  const own = { packs: packs.map(({ id }) => ({ id, keys: [] })), phases: [], wraps: [], platforms, toolchainSources };
  const rows = [
    ['joblet', JOBLET_VERSION, 'built in', `${brings(own)}; ${phases.length} phases`],
    ...loaded.map(({ name, version, from, contents }) => [name, version, from, brings(contents)]),
  ];
  const left = rejected.map(
    (one) => `\nLeft out: ${visibleLine(`${one.name} (${one.from}: ${one.dir})`)}\n${list(one)}`,
  );
  return `${renderTable({ head: ['PLUGIN', 'VERSION', 'FROM', 'BRINGS'], rows })}${left.join('')}`;
}

function list({ problems }: RejectedPlugin): string {
  return problems.map((problem) => `  ${visibleLine(problem)}\n`).join('');
}

type Brought = Omit<PluginContents, 'packs'> & {
  readonly packs: readonly { readonly id: string; readonly keys: readonly { readonly name: string }[] }[];
};

/** `language ruby (gems), phase 13.5 Scan`. */
export function brings({ packs, phases, wraps, platforms, toolchainSources }: Brought): string {
  const keys = (names: readonly { readonly name: string }[]) =>
    names.length === 0 ? '' : ` (${names.map(({ name }) => name).join(', ')})`;
  const parts = [
    ...kind(
      'language',
      packs.map((pack) => `${pack.id}${keys(pack.keys)}`),
    ),
    ...phases.map(({ number, title }) => `phase ${number} ${title}`),
    ...wraps.map((id) => `around the phase ${id}`),
    ...kind('platform', platforms),
    ...kind('source', toolchainSources),
  ];
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

function kind(name: string, ids: readonly string[]): readonly string[] {
  return ids.length === 0 ? [] : [`${name}${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`];
}

export function identityDocument({ name, version, description, from, dir }: PluginIdentity): Record<string, unknown> {
  return { name, version, ...(description === undefined ? {} : { description }), from, path: dir };
}

export function loadedDocument(plugin: LoadedPlugin): Record<string, unknown> {
  return { ...identityDocument(plugin), state: 'used', problems: [], ...contentsDocument(plugin.contents) };
}

export function rejectedDocument(plugin: RejectedPlugin): Record<string, unknown> {
  return { ...identityDocument(plugin), state: 'left_out', problems: plugin.problems };
}

export function contentsDocument(contents: PluginContents): Record<string, unknown> {
  return {
    languages: contents.packs.map(({ id, title, keys }) => ({ id, title, keys: keys.map(({ name }) => name) })),
    phases: contents.phases.map(({ number, id, title }) => ({ number, id, title })),
    wraps: contents.wraps,
    platforms: contents.platforms,
    toolchain_sources: contents.toolchainSources,
  };
}
