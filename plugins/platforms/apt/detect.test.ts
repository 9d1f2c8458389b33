import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { detect } from './detect.js';

async function onMachine(osRelease: string) {
  const directory = await mkdtemp(join(tmpdir(), 'joblet-detect-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'os-release'), osRelease);
  return detect(join(directory, 'os-release'));
}

describe('detecting an apt platform', () => {
  it.each([
    ['Debian', 'ID=debian\nVERSION_CODENAME=bookworm\n', 'debian', 'bookworm'],
    ['Ubuntu', 'NAME="Ubuntu"\nID=ubuntu\nVERSION_CODENAME="noble"\nUBUNTU_CODENAME=noble\n', 'ubuntu', 'noble'],
    [
      'a derivative of Ubuntu',
      "ID=linuxmint\nID_LIKE='ubuntu debian'\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n",
      'ubuntu',
      'noble',
    ],
  ])('recognises %s', async (_, text, distribution, release) => {
    expect(await onMachine(text)).toMatchObject({
      id: expect.stringMatching(new RegExp(`^${distribution}-(amd64|arm64)$`)),
      distribution,
      release,
      family: 'apt',
      packageManager: 'apt',
    });
  });

  it.each([
    ['another family', 'ID="rocky"\nVERSION_ID="9.3"\n'],
    ['an empty file', ''],
  ])('says nothing of %s', async (_, text) => {
    expect(await onMachine(text)).toBeUndefined();
  });

  it('says nothing where there is no os-release', async () => {
    expect(await detect('/nonexistent/os-release')).toBeUndefined();
  });
});
