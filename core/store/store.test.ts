import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { exitStatus } from '../errors/exit-status.js';
import { acquireLock } from './file-lock.js';
import type { InstalledRuntime } from './installed-runtime.js';
import { LayerCache } from './layer-cache.js';
import { RuntimeStore } from './runtime-store.js';
import { StorePaths } from './store-paths.js';
import { GUARD, openWorkspace, sweepWorkspaces, type Workspace } from './workspace.js';

let root: string;
let paths: StorePaths;
let workspace: Workspace;
const signal = new AbortController().signal;

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'store-'));
  paths = new StorePaths(root);
  await paths.prepare();
  workspace = await openWorkspace(paths);
});
afterEach(async () => {
  await workspace.close();
  rmSync(root, { recursive: true });
});

describe('workspace', () => {
  it('is gone with its lock when it is closed', async () => {
    const other = await openWorkspace(paths);
    writeFileSync(path.join(await other.make('x'), 'file'), '');
    await other.close();
    expect(existsSync(other.dir)).toBe(false);
    expect(existsSync(`${other.dir}.lock`)).toBe(false);
  });

  it('is removed by its guard when its owner is killed', async () => {
    const dir = path.join(paths.builds, 'killed');
    await mkdir(dir);
    await writeFile(`${dir}.lock`, '');
    // A shell in the owner's place: its end, by KILL, closes the guard's input.
    const owner = execa(
      'bash',
      ['-c', `exec 9> >(flock "$2" sh -c "$1" guard "$0" "$2"); kill -KILL $$`, dir, GUARD, `${dir}.lock`],
      {
        reject: false,
      },
    );
    expect((await owner).signal).toBe('SIGKILL');
    await expect.poll(() => existsSync(dir), { timeout: 300_000 }).toBe(false);
  });

  it('left by a builder and a guard that are both gone is swept; one in use is not', async () => {
    const dead = path.join(paths.builds, 'dead');
    await mkdir(path.join(dead, 'deep'), { recursive: true });
    await writeFile(`${dead}.lock`, '');
    await sweepWorkspaces(paths);
    expect(readdirSync(paths.builds).sort()).toEqual(
      [path.basename(workspace.dir), `${path.basename(workspace.dir)}.lock`].sort(),
    );
  });
});

describe('acquireLock', () => {
  it('lets one in at a time, and says that it waits', async () => {
    const first = await acquireLock(paths.lock('x'));
    const order: string[] = [];
    const second = acquireLock(paths.lock('x'), { onWait: () => void order.push('waits') }).then((lock) => {
      order.push('second');
      return lock;
    });
    await expect.poll(() => order, { timeout: 300_000 }).toContain('waits');
    order.push('released');
    await first.release();
    await (await second).release();
    expect(order).toEqual(['waits', 'released', 'second']);
  });

  it('stops waiting when it is cancelled', async () => {
    const first = await acquireLock(paths.lock('x'));
    const abort = new AbortController();
    const second = acquireLock(paths.lock('x'), { signal: abort.signal });
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'E_CANCELLED' });
    await first.release();
  });
});

it('what is made and kept for builds is closed to other users; runtimes are not', async () => {
  await chmod(path.join(root, 'cache'), 0o755);
  await paths.prepare();
  const modes = ['cache', 'state', 'runtimes'].map((name) => statSync(path.join(root, name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o755]);
});

describe('LayerCache', () => {
  const ids = { hostStart: 1_879_048_192, size: 65_536 };

  it('makes a layer once for two that want it at the same time', async () => {
    const cache = new LayerCache(paths, ids);
    let made = 0;
    const recipe = { key: 'k', id: 'step', build: async () => ++made };
    const both = await Promise.all([
      cache.obtain(recipe, { workspace, signal }),
      cache.obtain(recipe, { workspace, signal }),
    ]);
    expect(made).toBe(1);
    expect(both.map((one) => one.layer.data)).toEqual([1, 1]);
    expect(both.filter((one) => one.cached)).toHaveLength(1);
  });

  it('leaves no file of a layer set-id: on the host it would lend the id that owns all roots', async () => {
    const modes = { 'a\nsu': 0o6755, plain: 0o640 };
    const build = async (dir: string) => {
      for (const [name, mode] of Object.entries(modes)) {
        await writeFile(path.join(dir, name), '');
        await chmod(path.join(dir, name), mode);
      }
      await mkdir(path.join(dir, 'shared'));
      await chmod(path.join(dir, 'shared'), 0o2775);
      return null;
    };
    const { layer } = await new LayerCache(paths, ids).obtain({ key: 'k', id: 'step', build }, { workspace, signal });
    const modeOf = (name: string) => statSync(path.join(layer.dir, name)).mode & 0o7777;
    expect(['a\nsu', 'plain', 'shared'].map(modeOf)).toEqual([0o755, 0o640, 0o2775]);
  });

  it('keeps nothing of a recipe that fails', async () => {
    const cache = new LayerCache(paths, ids);
    const failing = cache.obtain(
      { key: 'k', id: 'step', build: () => Promise.reject(new Error('no')) },
      { workspace, signal },
    );
    await expect(failing).rejects.toThrow('no');
    expect(await cache.find('k')).toBeUndefined();
  });
});

describe('RuntimeStore', () => {
  let store: RuntimeStore;
  beforeEach(() => {
    store = new RuntimeStore(paths);
  });

  async function publish(version: string, content: string): Promise<InstalledRuntime> {
    const dir = await workspace.make('runtime');
    await mkdir(path.join(dir, 'isolated'));
    await writeFile(path.join(dir, 'isolated', 'content'), content);
    await writeFile(path.join(dir, 'runtime.yml'), stringify({ description: content, build_info: {} }));
    return store.publish('demo', version, dir, workspace);
  }
  const entries = () => readdirSync(paths.runtimesOf('demo'));
  const contentOf = ({ rootPath }: InstalledRuntime) => readFileSync(path.join(rootPath, 'content'), 'utf8');

  it('replaces a runtime in one step and keeps one generation', async () => {
    await publish('1.0.0', 'old');
    const runtime = await publish('1.0.0', 'new');
    expect(runtime.manifest.description).toBe('new');
    expect(entries()).toHaveLength(2);
    expect(entries()).toContain(await readlink(path.join(paths.runtimesOf('demo'), '1.0.0')));
  });

  it('names the highest version for a name, all for removal, and the nearest name for a wrong one', async () => {
    for (const version of ['1.9.0', '1.10.0', '1.2.0']) await publish(version, version);
    expect((await store.match('demo')).map((one) => one.version)).toEqual(['1.10.0', '1.9.0', '1.2.0']);
    expect((await store.match('demo@latest')).map((one) => one.version)).toEqual(['1.10.0']);
    expect((await store.match('demo@1.2.0')).map((one) => one.version)).toEqual(['1.2.0']);
    expect((await store.find('demo')).version).toBe('1.10.0');
    await expect(store.match('dmeo')).rejects.toMatchObject({
      code: 'E_RUNTIME_NOT_FOUND',
      hint: expect.stringContaining('demo@'),
    });
  });

  it('finds nothing outside of itself', async () => {
    await publish('1.0.0', 'x');
    for (const reference of [
      '../runtimes/demo',
      './demo',
      'demo/',
      '.',
      '',
      'demo@../demo/1.0.0',
      'demo@',
      'demo@1.0.0/',
    ]) {
      await expect(store.find(reference), reference).rejects.toMatchObject({ code: 'E_RUNTIME_NOT_FOUND' });
    }
  });

  it('lists, finds and uses the others beside a runtime whose runtime.yml is damaged, which can be removed', async () => {
    await publish('1.0.0', 'x');
    for (const [version, text] of Object.entries({ '2.0.0': '', '3.0.0': 'a: [b', '4.0.0': 'text' })) {
      const { path: dir } = await publish(version, version);
      await writeFile(path.join(dir, 'runtime.yml'), text);
    }
    expect((await store.list()).map((one) => one.version)).toEqual(['1.0.0']);
    expect((await store.find('demo')).version).toBe('1.0.0');
    const use = await store.use('demo');
    expect(use.runtime.version).toBe('1.0.0');
    use.release();
    await expect(store.use('demo@2.0.0')).rejects.toMatchObject({
      code: 'E_RUNTIME_DAMAGED',
      exitCode: exitStatus.notFound,
      hint: expect.stringContaining('rnx runtime remove demo@2.0.0'),
    });
    for (const damaged of await store.match('demo@2.0.0')) await store.remove(damaged, workspace);
    expect((await store.match('demo')).map((one) => one.version)).toEqual(['4.0.0', '3.0.0', '1.0.0']);
  });

  it('sweeps a generation that was never linked, and removes a runtime with its name', async () => {
    const runtime = await publish('1.0.0', 'x');
    await mkdir(path.join(paths.runtimesOf('demo'), '.1.0.0-1234', 'isolated'), { recursive: true });
    await store.sweep(workspace);
    expect(entries()).toHaveLength(2);
    await store.remove(runtime, workspace);
    expect(existsSync(paths.runtimesOf('demo'))).toBe(false);
  });

  describe('with a runtime in use', () => {
    it('keeps its files through a rebuild and a removal, until a sweep after the last user', async () => {
      await publish('1.0.0', 'first');
      const uses = [await store.use('demo'), await store.use('demo@1.0.0')] as const;
      const second = await publish('1.0.0', 'second');
      const later = await store.use('demo');
      await store.remove(second, workspace);
      await store.sweep(workspace);
      await expect(store.use('demo')).rejects.toMatchObject({ code: 'E_RUNTIME_NOT_FOUND' });
      expect([...uses, later].map(({ runtime }) => contentOf(runtime))).toEqual(['first', 'first', 'second']);
      uses[0].release();
      uses[0].release();
      later.release();
      await store.sweep(workspace);
      expect(contentOf(uses[1].runtime)).toBe('first');
      expect(entries()).toHaveLength(1);
      uses[1].release();
      await store.sweep(workspace);
      expect(existsSync(paths.runtimesOf('demo'))).toBe(false);
    });

    it('keeps them for a process that inherited the use, until it is killed', async () => {
      const runtime = await publish('1.0.0', 'x');
      const use = await store.use('demo');
      const heir = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore', use.descriptor] });
      await once(heir, 'spawn');
      use.release();
      await store.remove(runtime, workspace);
      expect(contentOf(use.runtime)).toBe('x');
      heir.kill('SIGKILL');
      await once(heir, 'exit');
      await store.sweep(workspace);
      expect(existsSync(paths.runtimesOf('demo'))).toBe(false);
    });

    it('never gives a runtime away whose files go: uses, rebuilds and sweeps at the same time', async () => {
      await publish('1.0.0', '0');
      let rebuilding = true;
      const user = async () => {
        let count = 0;
        for (; rebuilding || count === 0; count++) {
          const { runtime, release } = await store.use('demo');
          // What is read and what is run are of one build.
          expect(contentOf(runtime)).toBe(runtime.manifest.description);
          release();
        }
        return count;
      };
      const sweeper = async () => {
        while (rebuilding) await store.sweep(workspace);
      };
      const rebuilder = async () => {
        try {
          for (let index = 1; index <= 30; index++) await publish('1.0.0', String(index));
        } finally {
          rebuilding = false;
        }
      };
      await Promise.all([user(), user(), sweeper(), rebuilder()]);
      await store.sweep(workspace);
      expect(entries()).toHaveLength(2);
    });
  });
});
