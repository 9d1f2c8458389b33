import { expect, test } from 'vitest';
import { mergePipOptions } from './pip-settings.js';

const HOST = new Map([
  ['index-url', 'https://mirror.test/simple'],
  ['extra-index-url', 'https://extra.test/simple'],
  ['find-links', 'https://links.test'],
  ['timeout', '60'],
]);

test("an index of the spec takes the place of every index and link of the host's, and of nothing else", () => {
  const { settings } = mergePipOptions(HOST, ['--index-url=https://own.test/simple']);
  expect(Object.fromEntries(settings)).toEqual({ 'index-url': 'https://own.test/simple', timeout: '60' });
});

test("an extra index of the spec stands beside the host's", () => {
  const { settings } = mergePipOptions(HOST, ['--extra-index-url=https://more.test/simple', '--timeout=5']);
  expect(settings.get('index-url')).toBe('https://mirror.test/simple');
  expect(settings.get('extra-index-url')).toBe('https://extra.test/simple\nhttps://more.test/simple');
  expect(settings.get('timeout')).toBe('5');
});

test('what names a source is a setting, not an argument; the other options stay in order', () => {
  const { args, settings } = mergePipOptions(new Map(), [
    '--pre',
    '--index-url=https://own.test',
    '--no-index',
    '--no-deps',
  ]);
  expect(args).toEqual(['--pre', '--no-deps']);
  expect(settings.get('no-index')).toBe('true');
});

test('an option and its value may be two words, or one', () => {
  expect(mergePipOptions(new Map(), ['-i', 'https://a.test']).settings.get('index-url')).toBe('https://a.test');
  expect(mergePipOptions(new Map(), ['-ihttps://b.test']).settings.get('index-url')).toBe('https://b.test');
});

test('pip is never quiet: it would not say why an index cannot be reached', () => {
  expect(mergePipOptions(new Map(), ['--quiet', '--pre']).args).toEqual(['--pre']);
});
