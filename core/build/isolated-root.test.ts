import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IsolatedRoot } from './isolated-root.js';
import { readPlainFile } from './read-plain-file.js';
import { findInLayers, readTree, type TreeEntry } from './root-tree.js';

const ids = { hostStart: 1_879_048_192, size: 65_536 };
let dir: string;
let layer: string;
let victim: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'isolated-'));
  [layer, victim] = [path.join(dir, 'layer'), path.join(dir, 'victim')];
  for (const made of [layer, victim]) mkdirSync(made);
  for (const name of ['hosts', 'passwd']) writeFileSync(path.join(victim, name), 'the host’s', { mode: 0o600 });
});
afterEach(() => rmSync(dir, { recursive: true }));

function entry(at: string, type: TreeEntry['type'], target = ''): [string, TreeEntry] {
  return [at, { path: at, type, uid: 0, gid: 0, mode: 0o755, target }];
}

function rootOf(...entries: [string, TreeEntry][]): IsolatedRoot {
  return new IsolatedRoot({
    dir: path.join(dir, 'isolated'),
    tree: new Map(entries),
    layerDirs: [layer],
    ids,
    selected: new Set(),
  });
}

describe('IsolatedRoot, where a hook made links that mean something on the host', () => {
  it('writes below a directory that is one inside the root', () => {
    const isolated = rootOf(entry('/etc', 'link', victim));
    isolated.add('/etc');
    isolated.write('/etc/hosts', 'ours');
    expect(readFileSync(path.join(victim, 'hosts'), 'utf8')).toBe('the host’s');
    expect(readFileSync(path.join(isolated.dir, victim, 'hosts'), 'utf8')).toBe('ours');
  });

  it('puts a directory in the place of one that leads to itself', () => {
    const isolated = rootOf(entry('/etc', 'link', '/etc'));
    isolated.write('/etc/hosts', 'ours');
    expect(readFileSync(path.join(isolated.dir, 'etc/hosts'), 'utf8')).toBe('ours');
  });

  it('changes no mode of what a link in the place of a directory or mount point leads to', () => {
    const isolated = rootOf(entry('/home', 'link', path.join(victim, 'hosts')), entry('/work', 'link', victim));
    for (const name of ['/home', '/work']) isolated.add(name);
    isolated.directory('/home', 0o755);
    isolated.mountPoint('/work', 0o1777);
    expect(statSync(path.join(victim, 'hosts')).mode & 0o777).toBe(0o600);
    expect(statSync(victim).mode & 0o7777).toBe(0o755);
    expect(lstatSync(path.join(isolated.dir, 'work')).isDirectory()).toBe(true);
  });

  it('follows a chain of links no further than the kernel', () => {
    const links = Array.from({ length: 20_000 }, (_, index) => entry(`/l${index}`, 'link', `/l${index + 1}`));
    const isolated = rootOf(...links);
    isolated.add('/l0');
    expect(isolated.paths.size).toBe(41);
  });

  it('reads no file of the host', () => {
    expect(rootOf(entry('/p', 'link', path.join(victim, 'passwd'))).read('/p')).toBeUndefined();
  });
});

describe('findInLayers', () => {
  it('finds nothing behind a link, and only regular files', () => {
    symlinkSync(victim, path.join(layer, 'a'));
    symlinkSync(path.join(victim, 'hosts'), path.join(layer, 'b'));
    execFileSync('mkfifo', [path.join(layer, 'c')]);
    for (const name of ['/a/hosts', '/b', '/c', '/b/x']) expect(findInLayers([layer], name)).toBeUndefined();
  });
});

describe('readTree, where a hook replaced find', () => {
  const line = (kind: string, at: string, uid = '0') => [kind, uid, '0', '755', '', at].join('\0');
  const read = (lines: readonly string[], onLeftOut?: (what: string) => void) => {
    const stdout = `${lines.join('\0')}\0`;
    return readTree({ run: async () => ({ status: 0, stdout, stderrTail: '', timedOut: false }) }, onLeftOut);
  };

  it.each([
    ['climbs', [line('f', '/../../etc/passwd')]],
    ['is relative', [line('f', 'etc')]],
    ['has no directory', [line('f', '/etc/passwd')]],
    ['is below a link', [line('l', '/etc'), line('f', '/etc/passwd')]],
    ['comes twice', [line('d', '/etc'), line('l', '/etc')]],
    ['belongs to the host’s root', [line('d', '/etc', String(-ids.hostStart))]],
  ])('refuses a listing with a path that %s', async (_, lines) => {
    await expect(read(lines)).rejects.toMatchObject({ code: 'E_BUILD_STEP' });
  });

  it('leaves out what it cannot name, and says so once for each reason', async () => {
    const long = `/${'d'.repeat(200)}`.repeat(16);
    const lines = [line('d', '/a\ufffd'), line('f', '/a\ufffd/b'), line('f', '/c'), line('f', long)];
    const said: string[] = [];
    expect([...(await read(lines, (what) => void said.push(what))).keys()]).toEqual(['/c']);
    expect(said).toEqual([
      '2 paths with a name that is not UTF-8: "/a\ufffd"',
      expect.stringMatching(/^1 path of more than 3072 bytes: "\/d{99}"$/),
    ]);
  });
});

describe('readPlainFile', () => {
  it('follows no link and waits for no pipe', () => {
    symlinkSync(path.join(victim, 'hosts'), path.join(dir, 'link'));
    execFileSync('mkfifo', [path.join(dir, 'pipe')]);
    for (const name of ['link', 'pipe', 'none']) {
      expect(() => readPlainFile(path.join(dir, name))).toThrowError(/not a plain file/);
    }
    expect(existsSync(path.join(dir, 'pipe')) && readdirSync(victim)).toEqual(['hosts', 'passwd']);
  });
});
