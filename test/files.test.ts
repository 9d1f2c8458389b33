import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rnx } from './support/rnx.js';

const run = (...args: string[]) => rnx(['job', 'run', ...args]);

describe('files of a job', () => {
  let scratch: string;
  let dir: string;
  let count = 0;
  const at = (...parts: string[]) => path.join(dir, ...parts);

  beforeAll(() => {
    scratch = mkdtempSync(path.join(tmpdir(), 'joblet-files-'));
  });
  beforeEach(() => {
    dir = path.join(scratch, String(count++));
    mkdirSync(at('src/sub'), { recursive: true });
    writeFileSync(at('src/main.sh'), 'cat sub/data top; echo result >out.txt; mkdir logs; echo log >logs/a.log\n');
    writeFileSync(at('src/sub/data'), 'data\n');
    writeFileSync(at('top'), 'top\n');
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('come in by --upload, under their names or at the top, and out by --download', async () => {
    const result = await run(
      ...['--upload', at('src'), '--upload', at('top'), '--upload-dir', at('src')],
      ...['--download', `*.txt:${at('results')}`, '--download', `logs:${at('results')}`],
      ...['sh', '-c', 'sh main.sh; ls src'],
    );
    expect(result.exitCode, String(result.stderr)).toBe(0);
    expect(result.stdout).toBe('data\ntop\nmain.sh\nsub\n');
    expect(readdirSync(at('results'), { recursive: true }).sort()).toEqual(['logs', 'logs/a.log', 'out.txt']);
    expect(readFileSync(at('results/out.txt'), 'utf8')).toBe('result\n');
    expect(readFileSync(at('src/sub/data'), 'utf8')).toBe('data\n');
  });

  it('come out of a job that failed, with what was left out on standard error and the status of the job', async () => {
    const script = 'echo x >partial; ln -s /etc/passwd passwd; exit 3';
    const result = await run('--download', `.:${at('out')}`, '--download', `none:${at('out')}`, 'sh', '-c', script);
    expect(result.exitCode).toBe(3);
    expect(readdirSync(at('out'))).toEqual(['partial']);
    expect(result.stderr).toContain('not downloaded: ./passwd is a link');
    expect(result.stderr).toContain('nothing to download matches none');
  });

  it('that no job may be given keep it from starting', async () => {
    symlinkSync('/etc/passwd', at('src/passwd'));
    const result = await run('--upload', at('src'), 'echo', 'started');
    expect(result).toMatchObject({ exitCode: 125, stdout: '' });
    expect(result.stderr).toContain('passwd is a link that leads out: /etc/passwd');
    expect((await run('--upload', at('none'), 'true')).stderr).toContain('no such file or directory');
  });

  it('that cannot be written on the host fail the command though the job succeeded', async () => {
    mkdirSync(at('out'));
    symlinkSync(scratch, at('out/logs'));
    const result = await run(
      '--upload',
      at('src'),
      '--upload',
      at('top'),
      '--download',
      `logs:${at('out')}`,
      'sh',
      'main.sh',
    );
    expect(result.exitCode).toBe(125);
    expect(result.stderr).toContain('a link or a file stands where a directory should be');
  });

  it('go into a detached job, whose results belong on a volume', async () => {
    const submitted = await run('-d', '--upload', at('src'), '--upload', at('top'), 'sh', 'main.sh');
    expect(submitted.stdout).toContain('Files: 3 uploaded successfully');
    const id = /^ID: (\S+)$/m.exec(String(submitted.stdout))?.[1] ?? '';
    expect((await rnx(['job', 'log', id])).stdout).toBe('data\ntop\n');
    expect((await run('-d', '--download', `x:${at('out')}`, 'true')).exitCode).toBe(125);
  });
});

describe('a volume', () => {
  it('keeps what a job writes for the next, and is not removed meanwhile', async () => {
    expect((await rnx(['volume', 'create', 'kept', '--size', '16MB'])).exitCode).toBe(0);
    expect((await run('--volume', 'kept', 'sh', '-c', 'echo data >/volumes/kept/x')).exitCode).toBe(0);
    const reader = await run('--volume=kept:ro', 'sh', '-c', 'cat /volumes/kept/x; echo y >/volumes/kept/x');
    expect(reader.stdout).toBe('data\n');
    expect(reader.stderr).toContain('Read-only file system');

    const submitted = await run('-d', '--volume', 'kept', 'sleep', '1000');
    const id = /^ID: (\S+)$/m.exec(String(submitted.stdout))?.[1] ?? '';
    const refused = await rnx(['volume', 'remove', 'kept']);
    expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('volume kept is in use by a job') });
    await rnx(['job', 'stop', id]);
    expect(await rnx(['volume', 'remove', 'kept'])).toMatchObject({ exitCode: 0, stdout: 'Removed kept\n' });
  });

  it('that is not there is named, with the nearest', async () => {
    await rnx(['volume', 'create', 'results', '--size', '4MB', '--type', 'memory']);
    const result = await run('--volume', 'resluts', 'true');
    expect(result.exitCode).toBe(125);
    expect(result.stderr).toContain('volume not found: resluts\nHint: did you mean results?');
    expect((await rnx(['volume', 'remove', 'results'])).exitCode).toBe(0);
  });
});
