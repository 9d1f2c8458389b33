import { describe, expect, it } from 'vitest';
import { parsePipOptions } from './pip-options.js';

function messages(text: string): readonly string[] {
  const parsed = parsePipOptions(text);
  return parsed.kind === 'problems' ? parsed.problems.map(({ message, hint }) => `${message} (${hint})`) : [];
}

describe('pip_options', () => {
  it('become an argument vector with long names', () => {
    const text = '-i https://a.example/simple --extra-index-url=https://b.example/simple -Uqq --timeout 60 --pre';
    expect(parsePipOptions(text)).toMatchObject({
      kind: 'options',
      args: [
        '--index-url=https://a.example/simple',
        '--extra-index-url=https://b.example/simple',
        '--upgrade',
        '--quiet',
        '--quiet',
        '--timeout=60',
        '--pre',
      ],
    });
  });

  it('keep what is in quotes together and expand nothing', () => {
    expect(parsePipOptions('--config-settings="--build-option=a b" --global-option=*')).toMatchObject({
      args: ['--config-settings=--build-option=a b', '--global-option=*'],
    });
  });

  it('may be empty, or over several lines', () => {
    expect(parsePipOptions('')).toMatchObject({ kind: 'options', args: [] });
    expect(parsePipOptions('--pre\n  --no-deps\n')).toMatchObject({ args: ['--pre', '--no-deps'] });
  });

  it.each([
    ['--target /x', /joblet decides where/],
    ['--target=/x', /joblet decides where/],
    ['-t /x', /joblet decides where/],
    ['-t/x', /joblet decides where/],
    ['-Ut/x', /joblet decides where/],
    ['-qqt /x', /joblet decides where/],
    ['--prefix /x', /joblet decides where/],
    ['--root=/', /joblet decides where/],
    ['--user', /joblet decides where/],
    ['--src /x', /joblet decides where/],
    ['--source-dir /x', /joblet decides where/],
    ['-e .', /packages belong in the list pip/],
    ['-r x.txt', /packages belong in the list pip/],
    ['-rx.txt', /packages belong in the list pip/],
    ['--requirement=x.txt', /packages belong in the list pip/],
    ['--group dev', /packages belong in the list pip/],
    ['-c x.txt', /not a URL/],
    ['--report /x', /file of this machine/],
    ['--local-log /x', /file of this machine/],
    ['--cache-dir /x', /own cache/],
    ['--python /usr/bin/python3', /Python of this runtime/],
    ['--dry-run', /would not be installed/],
    ['--isolated', /would hide/],
    ['--cert x.pem', /certificate authorities/],
    ['--keyring-provider subprocess', /netrc/],
    ['numpy', /"numpy" is not an option \(packages belong in the list pip/],
    ['--', /is not an option/],
    ['-- -r x', /is not an option/],
    ['--index-ulr https://a.example', /did you mean --index-url\?/],
    ['-Z', /-Z is not an option/],
    ['--pre=yes', /takes no value/],
    ['--index-url', /has no value/],
    ['--index-url --pre', /has no value/],
    ['--index-url=', /has no value/],
    ['--index-url /srv/index', /not a URL/],
    ['--index-url file:///srv/index', /not a URL/],
    ['-f ./wheels', /not a URL/],
    ['--index-url https://a:hunter2@a.example', /netrc/],
    ['--extra-index-url https://hunter2@a.example', /netrc/],
    ['--proxy http://a:hunter2@p.example:3128', /netrc/],
    ['--index-url https://$HOST/simple', /not expanded/],
    ['--trusted-host https://a.example', /HOST or HOST:PORT/],
    ['--timeout soon', /not a number/],
    ['--exists-action x', /not one of s, i, w, b, a/],
    ['--pre "', /quote is not closed/],
    ["--pre it's", /quote is not closed/],
  ])('%s is refused', (text, expected) => {
    expect(messages(text).join('\n')).toMatch(expected);
    expect(messages(text).join('\n')).not.toContain('hunter2');
  });

  it.each([
    '--targ /x',
    '--pref=/x',
    '--req x',
    '--ind https://a.example',
    '--us',
    '--ro /',
    '--rep x',
    '--cach x',
    '--edit .',
  ])('%s, which pip would complete, is refused', (text) => {
    expect(messages(text)).toEqual([expect.stringMatching(/is not written in full \(expected: --/)]);
  });

  it('are all reported, each once', () => {
    expect(messages('--target /x --prefx /y numpy')).toHaveLength(3);
  });
});
