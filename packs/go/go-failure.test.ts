import { expect, it } from 'vitest';
import { goError } from './go-failure.js';

const list = ['example.test/good@v1.0.0', 'example.test/other'];
const failed = (stderrTail: string) => goError({ status: 1, stdout: '', stderrTail, timedOut: false }, list);

it.each([
  ['go: example.test/other@latest: reading https://p/x/@v/list: 404 Not Found', 'E_PACKAGE_NOT_FOUND', 1],
  ['go: example.test/good@v1.0.0: reading https://p/x.info: 403 Forbidden', 'E_PACKAGE_NOT_FOUND', 0],
  ['go: example.test/other@v9: no matching versions for query "v9"', 'E_PACKAGE_NOT_FOUND', 1],
  ['go: example.test/other@latest: reading https://p/x: 502 Bad Gateway', 'E_NETWORK', undefined],
  ['go: example.test/other@latest: reading https://p/x: 401 Unauthorized', 'E_NETWORK', undefined],
  ['go: example.test/other: dial tcp 127.0.0.1:9: connect: connection refused', 'E_NETWORK', undefined],
  ['go: example.test/good@v1.0.0: verifying module: checksum mismatch\n\nSECURITY ERROR', 'E_GO_MODULES', 0],
  ['go: example.test/other@v1.2.0 requires go >= 1.26.0 (running go 1.21.13; GOTOOLCHAIN=local)', 'E_GO_MODULES', 1],
  ['go: example.test/other@v1.404.0 has 1502 files too many', 'E_GO_MODULES', 1],
])('reads what go says: %s', (text, code, at) => {
  const error = failed(text);
  expect(error.code).toBe(code);
  if (at !== undefined) expect(error.details['path']).toEqual(['go', at]);
});

it('shows no password', () => {
  const { message } = failed('go: example.test/other: reading https://me:secret@p/x: 500 oops');
  expect(message).not.toContain('secret');
});
