import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config.js';
import type { ToolchainSource } from '../contracts/toolchain-source.js';
import { sourcesToAsk } from './source-order.js';

function source(id: string, order: number, serves = true): ToolchainSource {
  return {
    id,
    title: id,
    order,
    serves: () => serves,
    list: async () => ({ kind: 'listed', versions: [] }),
    resolve: async () => ({ kind: 'absent' }),
  };
}

const all = [source('vendor', 50), source('releases', 20), source('distribution', 10), source('npm', 60, false)];
const suites = [
  { id: 'bookworm', source: 'distribution' },
  { id: 'trixie', source: 'releases' },
];

function ids(configured: readonly string[] | undefined, named?: readonly string[]) {
  const toolchains = { ...DEFAULT_CONFIG.toolchains, ...(configured ? { sources: configured } : {}) };
  const asked = sourcesToAsk(all, 'go', suites, { ...DEFAULT_CONFIG, toolchains }, named);
  return asked.map((one) => [one.source.id, ...(one.suites ?? [])].join(' '));
}

describe('the sources that are asked for a language', () => {
  it('are all that may have it, in their own order', () => {
    expect(ids(undefined)).toEqual(['distribution', 'releases', 'vendor']);
  });

  it('are those of the configuration, in its order, without those that serve other languages', () => {
    expect(ids(['vendor', 'npm', 'distribution'])).toEqual(['vendor', 'distribution']);
  });

  it('are those of the spec before all others, by source or by suite', () => {
    expect(ids(['vendor'], ['trixie', 'distribution'])).toEqual(['releases trixie', 'distribution']);
  });

  it('are refused by an id that nothing has, with what there is', () => {
    expect(() => ids(['no-such'])).toThrow(expect.objectContaining({ code: 'E_SOURCE_UNKNOWN', exitCode: 3 }));
    expect(() => ids(undefined, ['sid'])).toThrow(
      expect.objectContaining({
        code: 'E_SOURCE_UNKNOWN',
        message: 'base.source: no source is called sid',
        hint: 'known are distribution, releases, vendor, bookworm, trixie',
      }),
    );
  });
});
