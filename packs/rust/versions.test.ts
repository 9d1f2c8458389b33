import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import type { PackRequest } from '../../core/contracts/language-pack.js';
import { chooseSets } from '../../core/toolchains/choose-sets.js';
import { distributionPackages, knownVersions, versionSchema } from './versions.js';

const BESIDE = { gcc: ['4:12.2'], 'libc6-dev': ['2.36'], 'ca-certificates': ['2023'], coreutils: ['9.1'] };

function chosen(request: PackRequest, available: Record<string, readonly string[]>) {
  const all = new Map(Object.entries({ ...BESIDE, ...available }));
  const found = chooseSets(all, [distributionPackages(request, 'apt')]);
  if (found.kind === 'missing') return found.names;
  return { tools: found.sets[0]?.tools, main: found.sets[0]?.runtime[0], pins: Object.fromEntries(found.pins) };
}

const WEB = ['1.96.0+dfsg1-1~deb12u2', '1.85.0+dfsg3-1~deb12u3'];
const BOOKWORM = {
  rustc: ['1.63.0+dfsg1-2'],
  'libstd-rust-dev': ['1.63.0+dfsg1-2'],
  cargo: ['0.66.0+ds1-1'],
  'rustc-web': WEB,
  'cargo-web': WEB,
  'libstd-rust-web-dev': WEB,
};
const base = (version: string, cargo: readonly string[] = []): PackRequest => ({
  role: 'base',
  version,
  values: { cargo },
});

it('takes the release’s own compiler, and resolves with its newest cargo', () => {
  expect(chosen(base('1.63', ['itoa']), BOOKWORM)).toMatchObject({
    main: 'rustc',
    tools: ['rustc-web', 'cargo-web', 'libstd-rust-web-dev', 'coreutils'],
    pins: { rustc: '1.63.0+dfsg1-2' },
  });
  expect(chosen(base('1.63'), BOOKWORM)).toMatchObject({ tools: [] });
});

it('takes every part of the other compiler in the version asked for, not the newest', () => {
  expect(chosen(base('1.85'), BOOKWORM)).toEqual({
    main: 'rustc-web',
    tools: [],
    pins: { 'rustc-web': WEB[1], 'cargo-web': WEB[1], 'libstd-rust-web-dev': WEB[1] },
  });
});

it('takes cargo and the standard library with rustc from a suite that has two of them', () => {
  const backports = ['1.97.1+dfsg1-1~bpo13+1', '1.85.1+dfsg1-1'];
  const available = { rustc: backports, 'libstd-rust-dev': backports, cargo: backports };
  expect(chosen(base('1.97'), available)).toMatchObject({
    pins: { rustc: backports[0], 'libstd-rust-dev': backports[0], cargo: backports[0] },
  });
});

it('never takes a version that only begins like the one asked for', () => {
  expect(chosen(base('1.9'), BOOKWORM)).toContain('rustc');
});

it('brings the newest compiler of the release into a runtime of another language', () => {
  const request: PackRequest = { role: 'addition', values: { cargo: ['itoa'] } };
  expect(chosen(request, BOOKWORM)).toMatchObject({ main: 'rustc-web', pins: {} });
  expect(chosen(request, { rustc: ['1.75.0'], cargo: ['1.75.0'], 'libstd-rust-dev': ['1.75.0'] })).toMatchObject({
    main: 'rustc',
    tools: ['rustc', 'cargo', 'coreutils'],
  });
});

it('has a schema that takes releases and nothing else', () => {
  const isVersion = new Ajv2020({ strict: false }).compile(versionSchema);
  for (const version of [...knownVersions, '1.85.1', '1.100']) expect(isVersion(version), version).toBe(true);
  for (const version of ['1', '1.47', '2.0', '1.85.01', 'stable', '1.85-beta']) {
    expect(isVersion(version), version).toBe(false);
  }
});
