import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { outputHas } from './support/output-has.js';
import { pythonSpec, rnx, rnxPath, specFolder } from './support/rnx.js';
import { type SmallDisk, smallDisk } from './support/small-disk.js';

const plain = specFolder(pythonSpec({ name: 'small' }));
const withHook = (script: string) =>
  specFolder(pythonSpec({ name: 'small', rest: `hooks:\n  post_install: ${JSON.stringify(script)}\n` }));

describe('a disk of 500 MB', () => {
  let disk: SmallDisk;
  beforeAll(async () => {
    disk = await smallDisk(500);
  });
  afterAll(() => disk.close());

  it('is refused in phase 3, with the true number, before anything is made', async () => {
    const free = await disk.freeMb();
    expect(free).toBeGreaterThan(300);
    const built = await disk.rnx(['runtime', 'build', plain]);
    expect(built.stderr).toMatch(
      `Error: insufficient disk space: ${free} MB available, need at least 1024 MB\nHint: free space on the file system of ${disk.dir}`,
    );
    expect(built.exitCode).toBe(4);
    expect(built.stdout).toContain('[3/14] Check Disk Space: failed');
    expect(built.stdout).not.toContain('[4/14]');
    expect((await disk.run(['ls', disk.dir])).stdout).toBe('lost+found\n');
  });

  it('is refused for a store that is not there yet, and in JSON', async () => {
    const root = path.join(disk.dir, 'not/yet');
    const built = await disk.rnx(['runtime', 'build', '--json', plain], { root });
    expect(JSON.parse(String(built.stdout))).toMatchObject({
      error: { code: 'E_DISK_SPACE', exitCode: 4, neededMb: 1024, phase: 'check-disk-space' },
    });
    expect((await disk.rnx(['runtime', 'validate', plain], { root })).exitCode).toBe(4);
  });
});

describe('a disk that fills up while a build runs', () => {
  let disk: SmallDisk;

  beforeAll(async () => {
    disk = await smallDisk(2400);
  });
  afterAll(() => disk.close());

  /** A build that finds so little space when it begins a phase. */
  async function buildAndFill(spec: string, phase: number, leaveMb: number) {
    const build = disk.heldBuild(spec, phase);
    await outputHas(build, 'held');
    await disk.fill(leaveMb);
    build.stdin?.write('\n');
    const ended = await build;
    await disk.empty();
    return ended;
  }

  async function expectNothingHalfMade() {
    const left = await disk.run(['find', `${disk.dir}/state/builds`, '-mindepth', '1']);
    expect(left.stdout).toBe('');
  }

  it('while the base is made: says so, and leaves no part of a base', async () => {
    const failed = await buildAndFill(plain, 7, 100);
    expect(failed.stderr).toMatch(/^Error: (.+ failed: )?no space left on the file system of the store$/m);
    expect(failed.exitCode).toBe(4);
    await expectNothingHalfMade();
    const layers = await disk.run(['find', `${disk.dir}/cache/layers`, '-name', 'layer.json', '-path', '*base*']);
    expect(layers.stdout).toBe('');
  });

  it('is no obstacle to the next build, when there is space again', async () => {
    await copyCache(disk);
    const built = await disk.rnx(['runtime', 'build', plain]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  });

  it.each([
    ['a hook', withHook('head -c 5G /dev/zero > /opt/big'), 9, 200],
    ['the packages of pip', specFolder(pythonSpec({ name: 'small', rest: 'pip: [numpy]\n' })), 5, 20],
    ['the runtime itself', withHook('echo once'), 10, 0],
  ])('by %s: says so, and the runtime that was there works on', async (_, spec, at, leaveMb) => {
    const failed = await buildAndFill(spec, at, leaveMb);
    expect(failed.stderr, String(failed.stdout)).toMatch(
      /^Error: (.+ failed: )?no space left on the file system of the store$/m,
    );
    expect(failed.exitCode).toBe(4);
    await expectNothingHalfMade();
    const old = await disk.rnx(['job', 'run', '--runtime=small', 'python', '-c', 'print("old works")']);
    expect(`${old.stdout}${old.stderr}`).toBe('old works\n');
  });

  it('does not keep the same build from succeeding afterwards', async () => {
    const built = await disk.rnx(['runtime', 'build', withHook('echo once')]);
    expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  });
});

/** Gives the disk's store what the tests' store knows of a plain python, so that it is not made again. */
async function copyCache(disk: SmallDisk): Promise<void> {
  const cache = path.join(inject('store'), 'cache');
  const layers = path.join(cache, 'layers');
  const startedAt = Date.now();
  const built = await rnx(['runtime', 'build', '--json', '--force', plain]);
  expect(built.exitCode, `${built.stdout}${built.stderr}`).toBe(0);
  const info = await rnx(['runtime', 'info', '--json', 'small']);
  const { release } = JSON.parse(String(info.stdout)).build_info;
  // A layer's description bears the time of its last use.
  const used = readdirSync(layers).filter(
    (key) => statSync(path.join(layers, key, 'layer.json')).mtimeMs >= startedAt - 10,
  );
  await disk.run(['mkdir', '-p', `${disk.dir}/cache/layers`]);
  // Not the packs' caches nor the indexes of other releases: what other tests fetched would fill the disk.
  const indexes = readdirSync(path.join(cache, 'apt')).filter((name) => name.split('-')[1] === release);
  const sources = [...indexes.map((name) => `apt/${name}`), ...used.map((key) => `layers/${key}`)];
  const copied = await disk.run([
    'sh',
    '-c',
    'cd "$1" && shift && cp -a --parents "$@"',
    'copy',
    cache,
    ...sources,
    `${disk.dir}/cache`,
  ]);
  expect(copied.exitCode, String(copied.stderr)).toBe(0);
}

describe('a store that cannot be made', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'no-store-'));
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('by an ordinary user: permission denied', async () => {
    const root = path.join(scratch, 'of-root');
    mkdirSync(root, { mode: 0o755 });
    // Reads whatever root reads, so that where the checkout is does not matter; writes as nobody does.
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all,+dac_read_search'];
    const built = await execa(
      'setpriv',
      [...nobody, '--ambient-caps=-all,+dac_read_search', 'node', rnxPath, 'runtime', 'build', plain],
      { reject: false, env: { JOBLET_ROOT: path.join(root, 'store') } },
    );
    expect(built.stderr).toContain('Error: failed to create directory: permission denied\nHint: ');
    expect(built.exitCode).toBe(4);
    expect(readdirSync(root)).toEqual([]);
  });

  it('below a file: not a directory', async () => {
    const file = path.join(scratch, 'file');
    writeFileSync(file, 'content');
    const built = await rnx(['runtime', 'build', plain], { env: { JOBLET_ROOT: path.join(file, 'store') } });
    expect(built.stderr).toContain('Error: failed to create directory: not a directory\n');
    expect(built.exitCode).toBe(4);
    expect(readFileSync(file, 'utf8')).toBe('content');
  });

  it('on a read-only file system: says that', async () => {
    const disk = await smallDisk(1500);
    try {
      await disk.run(['mount', '-o', 'remount,ro', disk.dir]);
      const built = await disk.rnx(['runtime', 'build', plain]);
      expect(built.stderr).toContain('Error: failed to create directory: read-only file system\n');
      expect(built.exitCode).toBe(4);
    } finally {
      await disk.close();
    }
  });
});
