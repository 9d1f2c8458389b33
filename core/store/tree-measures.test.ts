import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestTree } from './tree-digest.js';
import { treeSize } from './tree-size.js';

const TERABYTE = 2 ** 40;
const { signal } = new AbortController();
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'measured-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('a file of a terabyte that is all holes takes no space and is not read', async () => {
  writeFileSync(path.join(dir, 'real'), 'content');
  const before = await digestTree(dir, signal);
  writeFileSync(path.join(dir, 'sparse'), '');
  truncateSync(path.join(dir, 'sparse'), TERABYTE);
  expect(treeSize(dir)).toBe('content'.length);
  const after = await digestTree(dir, signal);
  expect(after).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(after).not.toBe(before);
});

it('the digest says nothing of when a tree was made, but all of what is in it', async () => {
  const trees = ['content', 'content', 'other'].map((content, index) => {
    const tree = path.join(dir, String(index));
    mkdirSync(tree);
    writeFileSync(path.join(tree, 'file'), content);
    return tree;
  });
  const [one, same, other] = await Promise.all(trees.map((tree) => digestTree(tree, signal)));
  expect(same).toBe(one);
  expect(other).not.toBe(one);
});
