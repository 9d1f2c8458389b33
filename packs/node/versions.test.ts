import { describe, expect, it } from 'vitest';
import type { PackRequest } from '../../core/contracts/language-pack.js';
import { distributionPackages, versionSchema } from './versions.js';

const base = (version: string, npm: readonly string[] = []): PackRequest => ({
  role: 'base',
  version,
  values: { npm },
});

describe('the packages of a node', () => {
  it('are the reference’s list, held to the version; only node and what it needs stays of them', () => {
    expect(distributionPackages(base('20.19'), 'apt')).toEqual([
      {
        build: ['nodejs', 'npm', 'ca-certificates'],
        runtime: ['nodejs', 'ca-certificates'],
        tools: [],
        versions: { nodejs: '20.19' },
      },
    ]);
  });

  it('bring the resolver where there is something to resolve', () => {
    expect(distributionPackages(base('20', ['express']), 'apt')[0]?.tools).toEqual(['nodejs', 'npm']);
    const addition: PackRequest = { role: 'addition', values: { npm: ['express'] } };
    expect(distributionPackages(addition, 'apt')[0]).not.toHaveProperty('versions');
  });

  it('are not known of other families', () => {
    expect(distributionPackages(base('20'), 'apk')).toEqual([]);
  });
});

it.each([
  ['20', true],
  ['20.19.2', true],
  ['12', true],
  ['8', false],
  ['20.x', false],
  ['v20', false],
  ['lts', false],
  ['20.01', false],
])('%s is a version: %s', (version, isOne) => {
  expect(new RegExp(String(versionSchema['pattern'])).test(version)).toBe(isOne);
});
