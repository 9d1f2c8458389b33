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
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../contracts/id-map.js';
import { packUploads } from './pack-uploads.js';
import type { Upload } from './upload-source.js';

let scratch: string;
let work: string;
const at = (...parts: string[]) => path.join(scratch, ...parts);
const put = (name: string, text = name) => {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
};

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'joblet-upload-'));
  work = at('work');
  mkdirSync(work);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Unpacks as a job's disk is filled. */
async function upload(uploads: readonly Upload[]) {
  const warnings: string[] = [];
  const packed = await packUploads(uploads, { onWarning: (message) => warnings.push(message) });
  await execa('tar', ['--extract', '--directory', work], { input: Buffer.concat(await packed.archive.toArray()) });
  return { files: packed.files, warnings };
}

const contentsOf = (dir: string) => [{ hostPath: at(dir) }];
const names = (dir = work) => readdirSync(dir, { recursive: true }).sort();

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

describe('what is uploaded', () => {
  it('is a file under its base name, the contents of a directory at the top, or a directory under its own name', async () => {
    put('one.txt');
    put('src/main.py');
    put('src/lib/.hidden');
    put('data/a/b');
    const { files } = await upload([
      { hostPath: at('one.txt') },
      { hostPath: `${at('src')}/` },
      { hostPath: at('data'), keepDirectory: true },
    ]);
    expect(names()).toEqual(['data', 'data/a', 'data/a/b', 'lib', 'lib/.hidden', 'main.py', 'one.txt']);
    expect(readFileSync(`${work}/lib/.hidden`, 'utf8')).toBe('src/lib/.hidden');
    expect(files).toBe(4);
  });

  it('is the same for a path that is a link, under the name that was given', async () => {
    put('versions/v1.csv', '1');
    put('versions/d/x');
    symlinkSync('versions/v1.csv', at('latest, & \\1.csv'));
    symlinkSync(at('versions/d'), at('current'));
    symlinkSync(at('versions/d'), at('contents'));
    await upload([
      { hostPath: at('latest, & \\1.csv') },
      { hostPath: at('current'), keepDirectory: true },
      { hostPath: at('contents') },
    ]);
    expect(names()).toEqual(['current', 'current/x', 'latest, & \\1.csv', 'x']);
    expect(readFileSync(`${work}/latest, & \\1.csv`, 'utf8')).toBe('1');
    expect(lstatSync(`${work}/current`).isSymbolicLink()).toBe(false);
  });

  it('keeps any name byte for byte, and takes none for an option', async () => {
    const bytes = Buffer.from([0x66, 0xff, 0xfe]);
    const odd = [
      ...['-rf', '--checkpoint-action=exec=id', 'new\nline', ' ', '*', '\\n', "it's", 'é'].map(Buffer.from),
      bytes,
    ];
    mkdirSync(at('src'));
    for (const name of odd) writeFileSync(Buffer.concat([Buffer.from(`${at('src')}/`), name]), '');
    await upload(contentsOf('src'));
    const found = readdirSync(work, { encoding: 'buffer' });
    expect(found.map((name) => name.toString('hex')).sort()).toEqual(odd.map((name) => name.toString('hex')).sort());
  });

  it('belongs to the job, without set-id bits', async () => {
    put('src/tool');
    chmodSync(at('src/tool'), 0o6755);
    mkdirSync(at('src/dir'));
    chmodSync(at('src/dir'), 0o2750);
    await upload(contentsOf('src'));
    const { uid, gid, mode } = lstatSync(`${work}/tool`);
    expect([uid, gid]).toEqual([DEFAULT_ID_MAP.hostStart, DEFAULT_ID_MAP.hostStart]);
    expect(mode & 0o7777).toBe(0o755);
    expect(lstatSync(`${work}/dir`).mode & 0o7777).toBe(0o750);
  });

  it('does not change the directory that it is unpacked in', async () => {
    put('src/x');
    chmodSync(at('src'), 0o700);
    chmodSync(work, 0o1777);
    await upload(contentsOf('src'));
    expect(lstatSync(work).mode & 0o7777).toBe(0o1777);
    expect(lstatSync(work).uid).toBe(0);
  });

  it('keeps links that stay within it, and hard links', async () => {
    put('src/a/file');
    symlinkSync('../a/file', at('src/a/link'));
    symlinkSync('nowhere', at('src/dangling'));
    linkSync(at('src/a/file'), at('src/second'));
    await upload(contentsOf('src'));
    expect(readlinkSync(`${work}/a/link`)).toBe('../a/file');
    expect(readlinkSync(`${work}/dangling`)).toBe('nowhere');
    expect(lstatSync(`${work}/second`).ino).toBe(lstatSync(`${work}/a/file`).ino);
  });

  it('leaves out sockets, which only mean something to who listens', async () => {
    put('src/x');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('src/socket'), resolve));
    const { warnings } = await upload(contentsOf('src'));
    await new Promise((resolve) => server.close(resolve));
    expect(names()).toEqual(['x']);
    expect(warnings).toEqual([]);
  });

  it('lets a later one win over an earlier one of the same name', async () => {
    put('a/conf', 'first');
    put('a/d/x');
    put('b/conf', 'second');
    put('b/d/y');
    await upload([...contentsOf('a'), ...contentsOf('b')]);
    expect(readFileSync(`${work}/conf`, 'utf8')).toBe('second');
    expect(names(`${work}/d`)).toEqual(['x', 'y']);
  });

  it('may be nothing', async () => {
    mkdirSync(at('empty'));
    expect((await upload(contentsOf('empty'))).files).toBe(0);
    expect(names()).toEqual([]);
  });

  it('goes by 2,000 files and by a sparse file larger than memory', async () => {
    mkdirSync(at('src/many'), { recursive: true });
    for (let count = 0; count < 2000; count++) writeFileSync(at(`src/many/${count}`), '');
    put('src/large', '');
    truncateSync(at('src/large'), 2 ** 40);
    expect((await upload(contentsOf('src'))).files).toBe(2001);
    expect(names()).toHaveLength(2002);
    expect(lstatSync(`${work}/large`).size).toBe(2 ** 40);
  });
});

describe('an upload is refused', () => {
  const refusals: Record<string, [make: () => void, upload: Upload | undefined, message: string]> = {
    'a path that is not there': [() => {}, undefined, 'no such file or directory'],
    'a file as a directory': [() => put('src'), { hostPath: 'src', keepDirectory: true }, 'not a directory'],
    'a NUL byte in the path': [() => {}, { hostPath: 'a\0b' }, 'cannot upload'],
    'a FIFO': [() => fifo('src'), undefined, 'src is a FIFO'],
    'a FIFO within': [() => fifo('src/sub/pipe'), undefined, 'sub/pipe is a FIFO'],
    'a device within': [() => device('src/null'), undefined, 'null is a device'],
    'an absolute link': [() => link('/etc/passwd', 'src/x'), undefined, 'x is a link that leads out: /etc/passwd'],
    'a link out of it': [() => link('../../etc', 'src/a/x'), undefined, 'a/x is a link that leads out: ../../etc'],
    'a link to where it came from': [() => link('..', 'src/x'), undefined, 'x is a link that leads out: ..'],
    'a name that would drive the terminal': [() => link('/\x1b[2J', 'src/\x1b[31m'), undefined, '\\x1b[31m is a link'],
  };
  const fifo = (name: string) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    execFileSync('mkfifo', [at(name)]);
  };
  const device = (name: string) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    execFileSync('mknod', [at(name), 'c', '1', '3']);
  };
  const link = (target: string, name: string) => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    symlinkSync(target, at(name));
  };

  it.each(Object.entries(refusals))('%s', async (_, [make, given, message]) => {
    make();
    const { hostPath = 'src', ...rest } = given ?? {};
    await expect(packUploads([{ hostPath: at(hostPath), ...rest }])).rejects.toMatchObject({
      code: 'E_UPLOAD',
      exitCode: 2,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
    expect(openDescriptors()).toEqual([]);
  });

  it('when the signal has fired, and stops reading when it fires', async () => {
    put('src/x', 'x'.repeat(10_000_000));
    const controller = new AbortController();
    const { archive } = await packUploads(contentsOf('src'), { signal: controller.signal });
    controller.abort();
    await expect(archive.toArray()).rejects.toMatchObject({ code: 'E_CANCELLED' });
    await expect(packUploads(contentsOf('src'), { signal: controller.signal })).rejects.toMatchObject({
      code: 'E_CANCELLED',
    });
  });
});

describe('while an upload is read', () => {
  it('a directory that is swapped for a link is not followed', async () => {
    mkdirSync(at('src/in'), { recursive: true });
    put('secret/x', 'hidden content');
    put('src/in/x', 'own');
    symlinkSync(at('secret'), at('src/link'));
    renameSync(at('src/link'), at('link'));
    // Large enough that reading is still under way while names change.
    put('src/first', 'f'.repeat(2_000_000));
    for (let round = 0; round < 60; round++) {
      const packed = await packUploads(contentsOf('src'));
      let swapping = true;
      const swaps = (async () => {
        while (swapping) {
          renameSync(at('src/in'), at('kept'));
          renameSync(at('link'), at('src/in'));
          await setImmediate();
          renameSync(at('src/in'), at('link'));
          renameSync(at('kept'), at('src/in'));
          await setImmediate();
        }
      })();
      const chunks: Buffer[] = await packed.archive.toArray().catch(() => []);
      swapping = false;
      await swaps;
      expect(Buffer.concat(chunks).includes('hidden content')).toBe(false);
    }
  });
});
