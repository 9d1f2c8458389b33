import { describe, expect, it } from 'vitest';
import { allMissing, missingEntry, npmError } from './npm-failure.js';

const report = (code: string, summary: string, detail = '') => ({
  status: 1,
  stdout: JSON.stringify({ error: { code, summary, detail } }),
  stderrTail: '',
  timedOut: false,
});
const notThere = (name: string) =>
  report(
    'E404',
    `Not Found - GET https://registry.example.com/${name.replace('/', '%2f')} - Not found`,
    `\n '${name}@*' is not in this registry.\n`,
  );

describe("npm's failures", () => {
  it('name the package that is not there, with its entry and the name that was meant', () => {
    expect(npmError(notThere('expresss'), ['lodash', 'expresss'])).toMatchObject({
      code: 'E_PACKAGE_NOT_FOUND',
      exitCode: 5,
      message: 'package not found: expresss',
      hint: 'did you mean express?',
      details: { path: ['npm', 1], nearest: 'express' },
    });
    expect(npmError(notThere('@mine/secret'), ['@mine/secret@1'])).toMatchObject({
      message: 'package not found: @mine/secret',
      hint: expect.stringContaining('.npmrc'),
      details: { path: ['npm', 0] },
    });
  });

  it('name the version that is not there', () => {
    const error = npmError(report('ETARGET', 'No matching version found for express@99.'), ['express@99']);
    expect(error).toMatchObject({ message: 'package not found: express@99', details: { path: ['npm', 0] } });
    expect(error.hint).toContain('npm view express versions');
  });

  it('have no entry where a package wants one that is not there', () => {
    const error = npmError(notThere('deep'), ['express']);
    expect(error.details['path']).toBeUndefined();
    expect(missingEntry(error)).toBeUndefined();
  });

  it('are told together, in the order of the list', () => {
    const list = ['x-nothing', 'lodash', 'y-nothing'];
    const error = allMissing([npmError(notThere('y-nothing'), list), npmError(notThere('x-nothing'), list)]);
    expect(error.message).toBe('package not found: x-nothing, y-nothing');
    expect(error.details['problems']).toMatchObject([{ path: ['npm', 0] }, { path: ['npm', 2] }]);
  });

  it.each([
    'ENOTFOUND',
    'ECONNREFUSED',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'E401',
    'E403',
    'E503',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('of the network are such: %s', (code) => {
    const error = npmError(report(code, 'request to https://me:secret@npm.example.com/x failed'), ['x']);
    expect(error).toMatchObject({ code: 'E_NETWORK', exitCode: 6 });
    expect(JSON.stringify([error.message, error.details])).not.toContain('secret');
  });

  it('are told from what npm prints where it has no report', () => {
    const result = {
      status: 1,
      stdout: '',
      stderrTail: 'npm ERR! code ENOSPC\nnpm ERR! no space left',
      timedOut: false,
    };
    expect(npmError(result, [])).toMatchObject({ code: 'E_DISK_FULL' });
    expect(
      npmError({ ...result, stderrTail: 'gyp ERR! not ok\nnpm error code 1\nnpm error path /x' }, []),
    ).toMatchObject({
      code: 'E_NPM_INSTALL',
    });
  });
});
