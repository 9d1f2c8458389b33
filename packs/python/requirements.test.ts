import { describe, expect, it } from 'vitest';
import { checkPythonSpec } from './check-spec.js';
import { checkRequirement } from './requirements.js';

describe('a requirement', () => {
  it.each([
    ['numpy', 'numpy'],
    ['pandas>=2.0.0', 'pandas'],
    ['Scikit_Learn ~= 1.3', 'scikit-learn'],
    ['uvicorn[standard]==0.30.*', 'uvicorn'],
    ['requests (>=2.0,<3)', 'requests'],
    ['torch==2.1.0+cpu', 'torch'],
    ['foo===1.0-custom', 'foo'],
    ['zope.interface', 'zope-interface'],
    ['pip @ https://github.com/pypa/pip/archive/22.0.2.zip#sha1=abc', 'pip'],
    ['flask @ git+https://github.com/pallets/flask@3.0.0', 'flask'],
    ['private @ git+ssh://git@example.com/team/private.git', 'private'],
    ['a==1!2.0rc1', 'a'],
  ])('%s is one for %s', (entry, name) => {
    expect(checkRequirement(entry)).toEqual({ kind: 'requirement', name, conditional: false });
  });

  it('with a marker is conditional', () => {
    expect(checkRequirement('tomli; python_version < "3.11"')).toMatchObject({ conditional: true });
    expect(checkRequirement('a @ https://example.com/a.zip ; os_name == "posix"')).toMatchObject({ conditional: true });
  });

  it.each([
    ['--index-url x', /option/],
    ['-r x', /option/],
    ['-rx', /option/],
    ['-e .', /option/],
    ['--editable=.', /option/],
    [' --pre', /option/],
    ['numpy --pre', /option/],
    ['numpy -t /x', /option/],
    ['numpy\n--pre', /line break/],
    ['.', /path/],
    ['./a', /path/],
    ['..', /path/],
    ['~/a', /path/],
    ['/a', /path/],
    ['file:///a', /path/],
    ['a.whl', /path/],
    ['a @ file:///a', /network/],
    ['a @ ./a', /network/],
    ['a @ ssh://git@example.com/a', /network/],
    ['https://example.com/a.whl', /no name/],
    ['a @ https://u:hunter2@example.com/a', /credentials/],
    ['a @ https://hunter2@example.com/a', /credentials/],
    ['https://u:hunter2@example.com/a', /credentials/],
    ['a @ https://u:hun/ter2@example.com/a', /credentials/],
    ['', /empty/],
    ['numpy==', /not a requirement/],
    ['numpy=1.0', /not a requirement/],
    ['numpy==abc', /no valid version/],
    ['numpy~=1', /no valid version/],
    ['numpy>=1.0.*', /no valid version/],
    ['$(id)', /not a requirement/],
    ['$NAME', /not a requirement/],
    ['numpy; id', /not a requirement/],
    ['ñumpy', /not a requirement/],
    ['# numpy', /comment/],
  ])('%j is none', (entry, message) => {
    const checked = checkRequirement(entry);
    expect(checked).toMatchObject({ kind: 'problem', message: expect.stringMatching(message) });
    expect(JSON.stringify(checked)).not.toMatch(/hunter2|hun\/ter2/);
  });

  it.each([
    ['numpy=1.26', 'numpy==1.26'],
    ['numpy 1.26', 'numpy==1.26'],
    ['numpy@1.26', 'numpy==1.26'],
    ['uvicorn[standard]=0.30', 'uvicorn[standard]==0.30'],
  ])('%s may have meant %s', (entry, meant) => {
    expect(checkRequirement(entry)).toMatchObject({ hint: `did you mean ${meant}?` });
  });
});

describe('the list pip', () => {
  const check = (pip: readonly string[]) => checkPythonSpec({ role: 'base', values: { pip } });

  it('warns of a project that is named twice, however it is spelt', () => {
    expect(check(['Scikit_Learn>=1', 'numpy', 'scikit-learn<2'])).toMatchObject([
      { path: ['pip', 2], severity: 'warning' },
    ]);
  });

  it('may name a project once for each marker', () => {
    expect(check(['a==1; python_version < "3.12"', 'a==2; python_version >= "3.12"'])).toEqual([]);
  });
});
