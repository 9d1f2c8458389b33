import { describe, expect, it } from 'vitest';
import { parseFindings, resolutionError } from './resolver-answer.js';

const error = (answer: string, secrets: readonly string[] = []) =>
  resolutionError(parseFindings(answer), ['a:b:1', 'c:d'], secrets);

describe('what the resolver found', () => {
  it('is jars', () => {
    const answer = 'jar\tg\ta\t1.0\tlinux\t/r/a.jar\n';
    expect(parseFindings(answer).jars).toEqual([
      { group: 'g', artifact: 'a', version: '1.0', classifier: 'linux', file: '/r/a.jar' },
    ]);
    expect(error(answer)).toBeUndefined();
  });

  it('is every missing library, each at its place, with the versions that there are', () => {
    const found = error('missing\t0\ta:b:1\tcentral (https://r)\t0.8 0.9\nmissing\t1\tc:d\tcentral (https://r)\t\n');
    expect(found).toMatchObject({ code: 'E_PACKAGE_NOT_FOUND', message: 'package not found: a:b:1, c:d' });
    expect(found?.details['problems']).toMatchObject([{ path: ['maven', 0] }, { path: ['maven', 1] }]);
    expect(found?.hint).toContain('0.8, 0.9');
  });

  it.each([
    ['HttpException: status code 401', 'credentials'],
    ['SSLHandshakeException: PKIX path building failed', 'not trusted'],
    ['UnknownHostException: r', 'cannot be resolved'],
    ['ConnectException: Connection refused', 'refuses connections'],
    ['ChecksumFailureException: Checksum validation failed', 'checksum'],
    ['SocketException: reset', 'the connection failed'],
  ])('is a repository that cannot be used, before anything that it makes look missing: %s', (cause, says) => {
    const found = error(`missing\t1\tc:d\tx\t\nunreachable\t0\ta:b:1\tcentral (https://r)\t${cause}\n`);
    expect(found).toMatchObject({ code: 'E_NETWORK' });
    expect(found?.message).toContain(says);
  });

  it('shows no secret', () => {
    const found = error('unreachable\t0\ta:b:1\tx (https://u:hidden@r)\tfailed with hidden\n', ['hidden']);
    expect(JSON.stringify([found?.message, found?.hint, found?.cause])).not.toContain('hidden');
  });
});
