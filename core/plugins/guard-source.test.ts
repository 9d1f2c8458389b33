import { expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../config/config.js';
import type { ToolchainRequest, ToolchainSource } from '../contracts/toolchain-source.js';
import { guardSource } from './guard-source.js';

const failing: ToolchainSource = {
  id: 'failing',
  title: 'what fails',
  order: 1,
  serves: () => {
    throw new Error('no');
  },
  list: async () => {
    throw new Error('no list');
  },
  resolve: () => {
    throw 'only text';
  },
};
const services = (signal: AbortSignal) => ({ signal, log: () => {}, progress: () => {}, warn: () => {} });
// A source that fails reads nothing of it.
const request = {} as ToolchainRequest;

it('a source that fails counts as one that cannot be reached, with its reason', async () => {
  const source = guardSource(failing);
  const running = services(new AbortController().signal);
  expect(source.serves('lua', [], DEFAULT_CONFIG)).toBe(false);
  expect(await source.list(request, running)).toEqual({ kind: 'unreachable', reason: 'no list' });
  expect(await source.resolve(request, running)).toEqual({ kind: 'unreachable', reason: 'only text' });
  expect(source.unpack).toBeUndefined();
});

it('a source that is cancelled does not count as one', async () => {
  await expect(guardSource(failing).list(request, services(AbortSignal.abort()))).rejects.toThrow('no list');
});
