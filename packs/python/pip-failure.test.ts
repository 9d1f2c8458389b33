import { expect, test } from 'vitest';
import { exitStatus } from '../../core/errors/exit-status.js';
import { diagnosePipFailure } from './pip-failure.js';

const CONTEXT = { requirements: ['numpy>=1', 'nmpy', 'Scikit_Learn'], settings: new Map<string, string>() };
const NOTHING_FOUND =
  'ERROR: Could not find a version that satisfies the requirement nmpy (from versions: none)\nERROR: No matching distribution found for nmpy';

const retry = (cause: string) =>
  `WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by '${cause}': /simple/nmpy/\n${NOTHING_FOUND}`;

test('says of an unknown name what pip says, where it is in the spec, and what was probably meant', () => {
  const { error } = diagnosePipFailure(NOTHING_FOUND, CONTEXT);
  expect(error.message).toBe(
    'pip install failed: Could not find a version that satisfies the requirement nmpy (from versions: none)',
  );
  expect(error).toMatchObject({ code: 'E_PIP_INSTALL', exitCode: exitStatus.package, hint: 'did you mean numpy?' });
  expect(error.details['path']).toEqual(['pip', 1]);
});

test('names the newest version in place of a list of hundreds', () => {
  const versions = Array.from({ length: 50 }, (_, index) => `1.${index}`).join(', ');
  const { error } = diagnosePipFailure(
    `ERROR: Could not find a version that satisfies the requirement numpy>=99 (from versions: ${versions})`,
    CONTEXT,
  );
  expect(error.message).toMatch(/requirement numpy>=99 \(from versions: …, 1\.45, 1\.46, 1\.47, 1\.48, 1\.49\)$/);
  expect(error.hint).toContain('the newest for this python is 1.49');
});

test('says that all versions are for other pythons', () => {
  const { error } = diagnosePipFailure(
    `ERROR: Ignored the following versions that require a different python version: 1.0 Requires-Python >=3.99\n${NOTHING_FOUND}`,
    CONTEXT,
  );
  expect(error.hint).toBe('its versions are for other pythons (1.0 Requires-Python >=3.99); change base.version');
});

test('finds the item that wanted a missing dependency', () => {
  const { error } = diagnosePipFailure(
    'ERROR: Could not find a version that satisfies the requirement gone>=2 (from scikit-learn) (from versions: none)',
    CONTEXT,
  );
  expect(error.details['path']).toEqual(['pip', 2]);
});

test('gives the causes of a conflict', () => {
  const { kind, error } = diagnosePipFailure(
    [
      'ERROR: Cannot install a==1 and b==1 because these package versions have conflicting dependencies.',
      '',
      'The conflict is caused by:',
      '    a 1 depends on c<1',
      '    b 1 depends on c>=1',
      '',
      'ERROR: ResolutionImpossible: for help visit https://pip.pypa.io',
    ].join('\n'),
    { ...CONTEXT, requirements: ['a==1', 'b==1'] },
  );
  expect(kind).toBe('error');
  expect(error.message).toBe(
    'pip install failed: Cannot install a==1 and b==1 because these package versions have conflicting dependencies.',
  );
  expect(error.hint).toBe('loosen one of these requirements: a 1 depends on c<1; b 1 depends on c>=1');
});

test.each([
  ['an unknown authority', "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", /not trusted/],
  ['an unknown host', 'NewConnectionError: [Errno -2] Name or service not known', /cannot be resolved/],
  ['a closed port', 'NewConnectionError: [Errno 111] Connection refused', /refuses connections/],
  ['a silent host', 'ConnectTimeoutError: Connection to x timed out. (connect timeout=15)', /failed/],
  ['a proxy that refuses', "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403", /proxy/],
])('looks for %s before it believes that there are no versions', (_, cause, message) => {
  const settings = new Map([['index-url', 'https://index.test:8443/simple']]);
  const { error } = diagnosePipFailure(retry(cause), { ...CONTEXT, settings });
  expect(error).toMatchObject({ code: 'E_NETWORK', exitCode: exitStatus.network });
  expect(error.message).toMatch(message);
  expect(error.message).toContain('index.test:8443');
});

test('does not blame the network for a connection that worked the second time', () => {
  const output = `WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by 'Connection refused'\n${NOTHING_FOUND}`;
  expect(diagnosePipFailure(output, CONTEXT).error.code).toBe('E_PIP_INSTALL');
});

test('a source package that cannot be prepared may still be built elsewhere', () => {
  const failure = diagnosePipFailure(
    "error: subprocess-exited-with-error\nERROR: Failed to build 'numpy' when getting requirements to build wheel",
    CONTEXT,
  );
  expect(failure.kind).toBe('needs-build');
  expect(failure.error.details['path']).toEqual(['pip', 0]);
});

test('shows no credentials of a URL', () => {
  const { error } = diagnosePipFailure('ERROR: cannot use https://user:secret@index.test/x', CONTEXT);
  expect(JSON.stringify(error)).not.toContain('secret');
});
