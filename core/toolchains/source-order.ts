import type { Config } from '../config/config.js';
import type { Suite } from '../contracts/platform-adapter.js';
import type { ToolchainSource } from '../contracts/toolchain-source.js';
import { sourceUnknown } from '../errors/errors.js';

/** A source to ask, and where in it. */
export interface SourceToAsk {
  readonly source: ToolchainSource;
  /** @default everywhere */
  readonly suites?: readonly string[];
}

/**
 * Which sources are asked for a language, in order: what the spec's `base.source` names (ids of sources or of suites); else what the
 * configuration names; else all. Throws E_SOURCE_UNKNOWN.
 */
export function sourcesToAsk(
  all: readonly ToolchainSource[],
  language: string,
  suites: readonly Suite[],
  config: Config,
  named: readonly string[] | undefined,
): readonly SourceToAsk[] {
  const inOrder = [...all].sort((a, b) => a.order - b.order);
  const served = inOrder.filter((source) => source.serves(language, suites, config));
  const find = (id: string, where: 'spec' | 'config'): SourceToAsk => {
    const source = served.find((one) => one.id === id);
    if (source !== undefined) return { source };
    const suite = suites.find((one) => one.id === id);
    const owner = served.find((one) => one.id === suite?.source);
    if (owner !== undefined) return { source: owner, suites: [id] };
    throw sourceUnknown(id, where, [...served.map((one) => one.id), ...suites.map((one) => one.id)]);
  };
  if (named !== undefined) return named.map((id) => find(id, 'spec'));
  const { sources } = config.toolchains;
  if (sources === undefined) return served.map((source) => ({ source }));
  // The configuration is for every language and platform: what serves another one is passed over.
  const idle = new Set(inOrder.filter((source) => !served.includes(source)).map(({ id }) => id));
  return sources.filter((id) => !idle.has(id)).map((id) => find(id, 'config'));
}
