import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Header, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Download, parseDownload } from './download-pattern.js';
import { unpackDownloads } from './unpack-downloads.js';

const MB = 1024 * 1024;
let scratch: string;
let work: string;
let out: string;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'joblet-download-'));
  [work, out] = [path.join(scratch, 'work'), path.join(scratch, 'out')];
  mkdirSync(work);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const put = (name: string, text = name) => {
  mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
  writeFileSync(path.join(work, name), text);
};
const everything = (): Download[] => [{ pattern: '.', hostDir: out }];
const names = (dir = out) => readdirSync(dir, { recursive: true }).sort();
const unpack = (archive: Readable, downloads = everything(), maxBytes = 10 * MB) =>
  unpackDownloads(archive, downloads, { maxBytes });

/** /work as it comes from a job's disk. */
function workArchive(): Readable {
  return Readable.from(tar('.'));
}

function tar(...members: readonly string[]): Buffer {
  return execFileSync('tar', ['--create', '--format=gnu', '--directory', work, ...members], { maxBuffer: 20 * MB });
}

/** An archive that no honest tar makes. */
function hostileArchive(members: readonly (Partial<Header> & { name: string; text?: string })[]): Readable {
  const packed = pack();
  for (const { text = '', ...header } of members) packed.entry(header, text);
  packed.finalize();
  const archive = new PassThrough();
  packed.on('data', (chunk) => archive.write(chunk));
  packed.on('end', () => archive.end());
  return archive;
}

/** What this process has open of the test's files. */
function openDescriptors(): readonly string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // That of the listing itself.
    }
  });
  return targets.filter((target) => target.startsWith(scratch));
}

describe('a pattern', () => {
  const trees: Record<string, [pattern: string, expected: readonly string[]]> = {
    'of one file': ['a.txt', ['a.txt']],
    'with a star': ['*.txt', ['a.txt', 'new\nline.txt']],
    'with two stars': ['**/*.txt', ['a.txt', 'new\nline.txt', 'sub', 'sub/b.txt', 'sub/deep', 'sub/deep/c.txt']],
    'that names a directory, for all in it': ['sub', ['sub', 'sub/.env', 'sub/b.txt', 'sub/deep', 'sub/deep/c.txt']],
    'that names a directory with a slash': ['sub/deep/', ['sub', 'sub/deep', 'sub/deep/c.txt']],
    'that begins with /work': ['/work/sub/*.txt', ['sub', 'sub/b.txt']],
    'that begins with ./': ['./sub/*.txt', ['sub', 'sub/b.txt']],
    'that asks for dotfiles': ['**/.*', ['.hidden', 'sub', 'sub/.env']],
    'with alternatives': ['{a,b}.{txt,md}', ['a.txt']],
    'of an empty directory': ['empty', ['empty']],
    'of everything, dotfiles included': [
      '.',
      ['.hidden', 'a.txt', 'empty', 'new\nline.txt', 'sub', 'sub/.env', 'sub/b.txt', 'sub/deep', 'sub/deep/c.txt'],
    ],
    'with two stars alone, dotfiles not included': [
      '**',
      ['a.txt', 'empty', 'new\nline.txt', 'sub', 'sub/.env', 'sub/b.txt', 'sub/deep', 'sub/deep/c.txt'],
    ],
  };

  it.each(Object.entries(trees))('%s', async (_, [pattern, expected]) => {
    for (const name of ['a.txt', 'new\nline.txt', '.hidden', 'sub/b.txt', 'sub/.env', 'sub/deep/c.txt']) put(name);
    mkdirSync(`${work}/empty`);
    const report = await unpack(workArchive(), [parseDownload(`${pattern}:${out}`)]);
    expect(names()).toEqual(expected);
    expect(report).toMatchObject({ leftOut: [], unmatched: [] });
  });

  it.each(['x', ':dir', 'x:', 'a\0b:dir', '../x:dir', 'a/../../x:dir', '/etc/passwd:dir', '/workshop:dir'])(
    'is refused: %j',
    (text) => {
      expect(() => parseDownload(text)).toThrow(expect.objectContaining({ code: 'E_USAGE', hint: expect.any(String) }));
    },
  );

  it('may hold a colon, and is named when nothing matched it', async () => {
    put('a:b');
    const report = await unpack(workArchive(), [parseDownload(`a:b:${out}`), parseDownload(`no*:${out}`)]);
    expect(names()).toEqual(['a:b']);
    expect(report.unmatched).toEqual(['no*']);
  });

  it('may be one of several for one file, into two directories', async () => {
    put('a.txt', 'once');
    const other = path.join(scratch, 'other');
    const report = await unpack(workArchive(), [parseDownload(`*:${out}`), parseDownload(`a.*:${other}`)]);
    expect([names(), names(other)]).toEqual([['a.txt'], ['a.txt']]);
    expect(readFileSync(`${other}/a.txt`, 'utf8')).toBe('once');
    expect(report.files).toBe(1);
  });
});

describe('a downloaded file', () => {
  it('has its bytes, time and permissions, without set-id bits, and belongs to the caller', async () => {
    const bytes = Buffer.from(Array.from({ length: 3 * MB }, (_, at) => at % 251));
    put('tool');
    writeFileSync(`${work}/tool`, bytes);
    execFileSync('chown', ['1234:1234', `${work}/tool`]);
    chmodSync(`${work}/tool`, 0o6755);
    put('closed');
    chmodSync(`${work}/closed`, 0);
    utimesSync(`${work}/tool`, 1_000_000_000, 1_000_000_000);
    await unpack(workArchive());
    const { mode, uid, gid, mtimeMs } = lstatSync(`${out}/tool`);
    expect([mode & 0o7777, uid, gid, mtimeMs]).toEqual([0o755, 0, 0, 1_000_000_000_000]);
    expect(readFileSync(`${out}/tool`).equals(bytes)).toBe(true);
    expect(lstatSync(`${out}/closed`).mode & 0o7777).toBe(0o600);
  });

  it('keeps any name byte for byte, however long', async () => {
    const odd = ['-rf', 'new\nline', ' ', '*', 'é', 'x'.repeat(255)].map((name) => Buffer.from(name));
    for (const name of [...odd, Buffer.from([0x66, 0xff, 0xfe])]) {
      writeFileSync(Buffer.concat([Buffer.from(`${work}/`), name]), '');
    }
    const deep = Array.from({ length: 40 }, () => 'deep'.repeat(10)).join('/');
    put(`${deep}/file`);
    await unpack(workArchive());
    const found = (dir: string) => readdirSync(dir, { encoding: 'buffer' }).map((name) => name.toString('hex'));
    expect(found(out).sort()).toEqual(found(work).sort());
    expect(statSync(`${out}/${deep}/file`).isFile()).toBe(true);
  });

  it('takes the place of an older one, and of a link, which is not followed', async () => {
    put('a', 'new');
    put('b', 'new');
    mkdirSync(out);
    writeFileSync(`${out}/a`, 'old');
    const elsewhere = path.join(scratch, 'elsewhere');
    writeFileSync(elsewhere, 'untouched');
    symlinkSync(elsewhere, `${out}/b`);
    await unpack(workArchive());
    expect([readFileSync(`${out}/a`, 'utf8'), readFileSync(`${out}/b`, 'utf8')]).toEqual(['new', 'new']);
    expect(lstatSync(`${out}/b`).isFile()).toBe(true);
    expect(readFileSync(elsewhere, 'utf8')).toBe('untouched');
    expect(names()).toEqual(['a', 'b']);
  });

  it('is one with its second names', async () => {
    put('a/first');
    linkSync(`${work}/a/first`, `${work}/second`);
    const report = await unpack(workArchive());
    expect(lstatSync(`${out}/second`).ino).toBe(lstatSync(`${out}/a/first`).ino);
    expect(report).toMatchObject({ files: 2, leftOutCount: 0 });
    await unpack(workArchive());
    expect(names()).toEqual(['a', 'a/first', 'second']);
  });

  it('is named when only its second name is wanted', async () => {
    const report = await unpack(hostileArchive([{ name: 'a' }, { name: 'b', type: 'link', linkname: 'a' }]), [
      parseDownload(`b:${out}`),
    ]);
    expect(report).toMatchObject({ files: 0, leftOut: [{ name: 'b', reason: 'a second name of a' }] });
  });
});

describe('an archive of a hostile job', () => {
  it('brings no link, FIFO or device, and names them', async () => {
    put('a');
    symlinkSync('/etc/passwd', `${work}/passwd`);
    symlinkSync('a', `${work}/\x1b[2J`);
    execFileSync('mkfifo', [`${work}/fifo`]);
    execFileSync('mknod', [`${work}/null`, 'c', '1', '3']);
    const report = await unpack(workArchive());
    expect(names()).toEqual(['a']);
    expect([...report.leftOut].sort((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: './\\x1b[2J', reason: 'a link' },
      { name: './fifo', reason: 'a FIFO' },
      { name: './null', reason: 'a device' },
      { name: './passwd', reason: 'a link' },
    ]);
  });

  const outside: Record<string, readonly (Partial<Header> & { name: string; text?: string })[]> = {
    'parents in a name': [{ name: '../escaped', text: 'x' }],
    'parents further down': [{ name: 'a/../../escaped', text: 'x' }],
    'a directory of parents': [{ name: 'a/../../escaped/', type: 'directory' }],
    'an absolute name': [{ name: '/escaped', text: 'x' }],
    'a file below a link': [
      { name: 'a', type: 'symlink', linkname: '..' },
      { name: 'a/escaped', text: 'x' },
    ],
    'a hard link to the host': [{ name: 'escaped', type: 'link', linkname: '/etc/passwd' }],
    'a hard link through a link': [
      { name: 'a', type: 'symlink', linkname: '/etc' },
      { name: 'escaped', type: 'link', linkname: 'a/passwd' },
    ],
  };
  it.each(Object.entries(outside))('writes nothing outside: %s', async (_, members) => {
    await unpack(hostileArchive(members));
    expect(readdirSync(scratch).sort()).toEqual(['out', 'work']);
    for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
      expect(entry.isFile() || entry.isDirectory()).toBe(true);
      if (entry.isFile()) expect(readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).toBe('x');
    }
  });

  it('fails where a link stands in the way of a directory', async () => {
    put('sub/file');
    mkdirSync(out);
    symlinkSync(scratch, `${out}/sub`);
    await expect(unpack(workArchive())).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      exitCode: 4,
      message: expect.stringContaining('a link or a file stands where a directory should be'),
    });
    expect(readdirSync(scratch).sort()).toEqual(['out', 'work']);
  });

  it('fails where a directory stands in the way of a file, and leaves no draft', async () => {
    put('a');
    mkdirSync(`${out}/a`, { recursive: true });
    await expect(unpack(workArchive())).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: expect.stringContaining('a directory stands where a file should be'),
    });
    expect(names()).toEqual(['a']);
  });

  it('does not bring more than its disk can hold, holes included', async () => {
    put('hole', '');
    execFileSync('truncate', ['-s', '3M', `${work}/hole`]);
    await expect(unpack(workArchive(), [parseDownload(`x:${out}`)], 2 * MB)).rejects.toMatchObject({
      code: 'E_DOWNLOAD',
      message: 'cannot download ./hole: it is larger than the disk that it is on',
    });
    put('second', 'x'.repeat(MB));
    await expect(unpack(workArchive(), everything(), 3 * MB)).rejects.toMatchObject({ code: 'E_DOWNLOAD' });
  });

  it.each([
    ['is cut off', () => Readable.from(tar('.').subarray(0, 2000))],
    ['is none', () => Readable.from(Buffer.alloc(2048, 'x'))],
    ['fails', () => new Readable({ read: (): void => {}, construct: (done) => done(new Error('gone')) })],
  ] as const)('is an error when it %s', async (_, archive) => {
    put('a', 'x'.repeat(5000));
    await expect(unpack(archive())).rejects.toMatchObject({ code: 'E_DOWNLOAD', hint: expect.any(String) });
    expect(names()).toEqual([]);
    expect(openDescriptors()).toEqual([]);
  });

  it('is left in the middle when the caller cancels', async () => {
    const endless = new PassThrough();
    put('a', 'x'.repeat(9 * MB));
    const header = tar('a').subarray(0, 4096);
    endless.write(header);
    const controller = new AbortController();
    const unpacking = unpackDownloads(endless, everything(), { maxBytes: 10 * MB, signal: controller.signal });
    await setImmediate();
    controller.abort();
    await expect(unpacking).rejects.toMatchObject({ code: 'E_CANCELLED' });
    expect(names()).toEqual([]);
  });
});

it('no directory that is swapped for a link meanwhile is followed', async () => {
  for (let count = 0; count < 50; count++) put(`sub/${count}`);
  const archive = tar('.');
  const trap = path.join(scratch, 'trap');
  const link = path.join(scratch, 'link');
  const kept = path.join(scratch, 'kept');
  mkdirSync(trap);
  const attempt = (from: string, to: string) => {
    try {
      renameSync(from, to);
    } catch {
      // The other side has made a directory in between, which is fair.
    }
  };
  for (let round = 0; round < 20; round++) {
    for (const left of [out, link, kept]) rmSync(left, { recursive: true, force: true });
    mkdirSync(`${out}/sub`, { recursive: true });
    symlinkSync(trap, link);
    let done = false;
    const unpacking = unpack(Readable.from(archive))
      .catch((error) => error)
      .finally(() => {
        done = true;
      });
    while (!done) {
      attempt(`${out}/sub`, kept);
      attempt(link, `${out}/sub`);
      await setImmediate();
      attempt(`${out}/sub`, link);
      attempt(kept, `${out}/sub`);
      await setImmediate();
    }
    await unpacking;
    expect(readdirSync(trap)).toEqual([]);
  }
});
