import { describe, expect, it } from 'vitest';
import { aptFailure, explainingFullDisk } from './apt-errors.js';

describe('what a failed apt command was about', () => {
  it.each([
    [
      'a hash mismatch',
      'E: Failed to fetch http://m/a.deb  Hash Sum mismatch',
      'E_REPOSITORY_UNTRUSTED',
      'Hash Sum mismatch',
    ],
    [
      'a missing key',
      "W: GPG error: http://m trixie InRelease: NO_PUBKEY 0E98404D386FA1D9\nE: The repository 'http://m trixie InRelease' is not signed.",
      'E_REPOSITORY_UNTRUSTED',
      'NO_PUBKEY',
    ],
    [
      'an expired index',
      'E: Release file for http://m is expired (invalid since 18d)',
      'E_REPOSITORY_UNTRUSTED',
      'expired',
    ],
    [
      'a name that does not resolve',
      "W: Failed to fetch http://m/InRelease  Could not resolve 'm'",
      'E_NETWORK',
      'Could not resolve',
    ],
    [
      'a proxy that wants a password',
      'E: Failed to fetch http://m/x  407  Proxy Authentication Required',
      'E_NETWORK',
      '407',
    ],
    [
      'a full disk',
      'dpkg: error processing archive x\n cannot copy: No space left on device',
      'E_DISK_FULL',
      'no space left on the file system',
    ],
    [
      'a script that fails',
      'Failed to fetch is what this package prints\ndpkg: error processing package x (--configure):\n subprocess returned error exit status 3\nE: Sub-process /usr/bin/dpkg returned an error code (1)',
      'E_BUILD_STEP',
      'dpkg: error processing package x (--configure): subprocess returned error exit status 3',
    ],
    ['no output at all', '', 'E_BUILD_STEP', 'no output'],
  ])('recognises %s', (_, output, code, text) => {
    const error = aptFailure('installing x', output, '/store');
    expect(error).toMatchObject({ code, message: expect.stringContaining(text), hint: expect.stringMatching(/./) });
    expect(error.message.startsWith('installing x failed: ')).toBe(true);
  });

  it('says the same of a full disk that we meet ourselves, and passes other errors on', async () => {
    const failing = (code: string) => async () => {
      throw Object.assign(new Error(code), { code });
    };
    await expect(explainingFullDisk('x', '/store', failing('ENOSPC'))).rejects.toMatchObject({
      code: 'E_DISK_FULL',
      exitCode: 4,
    });
    await expect(explainingFullDisk('x', '/store', failing('EIO'))).rejects.toMatchObject({ code: 'EIO' });
  });
});
