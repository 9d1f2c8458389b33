import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packUploads } from '../../core/files/pack-uploads.js';
import { unpackDownloads } from '../../core/files/unpack-downloads.js';
import { isolator, runJob } from './test-support/run.js';
import { giveToMappedRoot, makeTinyRoot, scratchDirectory } from './test-support/tiny-root.js';

const MB = 1024 * 1024;

describe('files into a job and out of it', () => {
  let scratch: string;
  let root: string;
  let dir: string;
  let count = 0;
  const at = (...parts: string[]) => path.join(dir, ...parts);

  /** A job with an upload of `in`, and all of /work in `out` afterwards. */
  async function job(script: string, sizeBytes = 32 * MB, user = { uid: 0, gid: 0 }) {
    const { archive } = await packUploads([{ hostPath: at('in') }]);
    const keepAt = at('kept.img');
    const disk = { sizeBytes, inodes: 512, upload: archive, keepAt };
    const result = await runJob(root, ['sh', '-c', script], { limits: { pids: 64 }, disk, user });
    const tooLarge: string[] = [];
    const left = isolator.packWork(keepAt, { maxFileBytes: sizeBytes, onTooLarge: (name) => tooLarge.push(name) });
    const downloads = [{ pattern: '.', hostDir: at('out') }];
    const report = await unpackDownloads(left, downloads, { maxBytes: sizeBytes, tooLarge });
    return { ...result, report };
  }

  beforeAll(() => {
    scratch = scratchDirectory();
    chmodSync(scratch, 0o755);
    root = makeTinyRoot(path.join(scratch, 'root'));
    giveToMappedRoot(root);
  });
  beforeEach(() => {
    dir = path.join(scratch, `case-${count++}`);
    mkdirSync(at('in'), { recursive: true });
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('are the job’s own to read, run and change, whoever owned them', async () => {
    mkdirSync(at('in/sub'));
    writeFileSync(at('in/sub/secret'), 'own\n', { mode: 0o600 });
    writeFileSync(at('in/run'), '#!/bin/sh\necho ran\n', { mode: 0o755 });
    symlinkSync('sub/secret', at('in/link'));
    const result = await job('./run; cat link; stat -c "%u:%g %a" sub sub/secret run .; echo more >>sub/secret');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(result.stdout).toBe('ran\nown\n0:0 755\n0:0 600\n0:0 755\n0:0 1777\n');
    expect(readFileSync(at('out/sub/secret'), 'utf8')).toBe('own\nmore\n');
    expect(lstatSync(at('out/sub/secret')).uid).toBe(process.geteuid?.());
    expect(result.report.leftOut).toEqual([{ name: './link', reason: 'a link' }]);
  });

  it('come out of a job that failed too, and only what is harmless', async () => {
    const script = [
      'echo result >result; chmod 6755 result; mkdir -p d/.e; echo x >d/.e/f',
      'ln -s /etc/passwd passwd; ln -s /etc d/etc; mkfifo fifo; ln result second',
      'exit 3',
    ].join('\n');
    const result = await job(script);
    expect(result.status).toBe(3);
    expect(readdirSync(at('out'), { recursive: true }).sort()).toEqual(['d', 'd/.e', 'd/.e/f', 'result', 'second']);
    expect(lstatSync(at('out/result')).mode & 0o7000).toBe(0);
    expect(result.report.leftOut.map(({ name }) => name).sort()).toEqual(['./d/etc', './fifo', './passwd']);
  });

  it('come out whatever their modes, and whoever of the job owns them', async () => {
    const script = 'umask 077; echo own >own; mkdir shut; echo in >shut/in; chmod 000 own shut/in shut';
    const result = await job(script, 32 * MB, { uid: 1234, gid: 1234 });
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(at('out/own'), 'utf8')).toBe('own\n');
    expect(readFileSync(at('out/shut/in'), 'utf8')).toBe('in\n');
    expect(result.report.leftOut).toEqual([]);
  });

  it('come out beside one that claims more than the disk, which is named', async () => {
    const result = await job('echo x >small; truncate -s 10737418240k "$(printf "h\\303\\266le\\nx")"');
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(at('out'))).toEqual(['small']);
    const reason = 'larger than the disk that it is on: a file with holes';
    expect(result.report.leftOut).toMatchObject([{ name: expect.stringContaining('höle'), reason }]);
  });

  it('are refused when they do not fit on the disk', async () => {
    writeFileSync(at('in/large'), Buffer.alloc(8 * MB, 'x'));
    await expect(job('true', 4 * MB)).rejects.toMatchObject({
      code: 'E_NOT_STARTED',
      message: expect.stringContaining('the disk of the job is too small for what is uploaded'),
      hint: expect.stringContaining('--max-disk'),
    });
  });

  it('are refused with their own error when they cannot be read to the end', async () => {
    writeFileSync(at('in/x'), Buffer.alloc(2 * MB, 'x'));
    const controller = new AbortController();
    const { archive } = await packUploads([{ hostPath: at('in') }], { signal: controller.signal });
    controller.abort();
    const disk = { sizeBytes: 32 * MB, inodes: 512, upload: archive };
    await expect(runJob(root, ['true'], { limits: { pids: 64 }, disk })).rejects.toMatchObject({ code: 'E_CANCELLED' });
  });
});
