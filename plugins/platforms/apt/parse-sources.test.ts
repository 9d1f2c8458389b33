import { describe, expect, it } from 'vitest';
import { renderSource, splitCredentials } from './archive-source.js';
import { distributionSources } from './distribution-sources.js';
import { parseDeb822, parseOneLine } from './parse-sources.js';
import { findDistribution } from './releases.js';

const debian = findDistribution('debian') ?? expect.fail();

describe('source lists', () => {
  it('reads one-line sources with their options, and leaves out comments, deb-src and other architectures', () => {
    const text = [
      '# deb http://commented bookworm main',
      'deb [ signed-by=/k.gpg,/l.gpg trusted=no arch=amd64,i386 ] http://a/debian bookworm main contrib # trailing',
      'deb-src http://a/debian bookworm main',
      'deb [arch=arm64] http://b/debian bookworm main',
      'deb http://c/flat ./',
    ].join('\n');
    expect(parseOneLine(text, 'amd64').map(renderSource)).toEqual([
      'deb [trusted=no signed-by=/k.gpg,/l.gpg] http://a/debian bookworm main contrib',
      'deb http://c/flat ./',
    ]);
  });

  it('reads deb822 sources: every URI with every suite, disabled ones not', () => {
    const text = [
      'Types: deb deb-src',
      'URIs: http://a/debian http://b/debian',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Check-Valid-Until: no',
      '# a comment in the middle',
      'Signed-By: /k.gpg',
      '',
      'Types: deb',
      'Enabled: no',
      'URIs: http://c/debian',
      'Suites: bookworm',
      'Components: main',
    ].join('\n');
    const option = '[check-valid-until=no signed-by=/k.gpg]';
    expect(parseDeb822(text, 'amd64').map(renderSource)).toEqual([
      `deb ${option} http://a/debian bookworm main`,
      `deb ${option} http://a/debian bookworm-updates main`,
      `deb ${option} http://b/debian bookworm main`,
      `deb ${option} http://b/debian bookworm-updates main`,
    ]);
  });

  it('takes user and password out of an address', () => {
    const [source] = parseOneLine('deb https://u%40x:p%3Aw@host/debian bookworm main', 'amd64');
    expect(source && splitCredentials(source)).toMatchObject({
      source: { uri: 'https://host/debian' },
      credentials: { machine: 'https://host/debian', login: 'u@x', password: 'p:w' },
    });
  });
});

describe("the distribution's own sources", () => {
  const own = 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror/x';
  const select = (lines: readonly string[], release = 'bookworm') =>
    distributionSources(parseOneLine(lines.join('\n'), 'amd64'), debian, 'bookworm', release).map(
      (s) => `${s.uri} ${s.suite}`,
    );

  it('are those of the release, its updates and its security fixes; backports and vendors are not', () => {
    const vendor = 'deb [signed-by=/etc/apt/keyrings/vendor.gpg] https://apt.vendor.example';
    const lines = [
      `${own} bookworm main`,
      `${own} bookworm-updates main`,
      `${own}-security bookworm-security main`,
      `${own} bookworm-backports main`,
      `${vendor} bookworm main`,
      `${vendor}/debian bookworm stable`,
    ];
    expect(select(lines)).toEqual([
      'http://mirror/x bookworm',
      'http://mirror/x bookworm-updates',
      'http://mirror/x-security bookworm-security',
    ]);
  });

  it.each([
    [
      'an address that names the distribution',
      'deb http://mirror/debian bookworm main',
      'http://mirror/debian bookworm',
    ],
    ['an alias of the release', `${own} stable main`, 'http://mirror/x bookworm'],
    [
      "a company's mirror with a key of its own, where there is no other",
      'deb [signed-by=/c.gpg] http://m/y bookworm main',
      'http://m/y bookworm',
    ],
  ])('are known by %s', (_, line, expected) => {
    expect(select([line])).toEqual([expected]);
  });

  it('become those of another release on the same mirrors', () => {
    expect(select([`${own} bookworm main`, `${own} bookworm-security main`], 'trixie')).toEqual([
      'http://mirror/x trixie',
      'http://mirror/x trixie-security',
    ]);
  });

  it('are taken once when the host names them twice', () => {
    expect(select([`${own} bookworm main`, `${own}/ bookworm main contrib`])).toHaveLength(1);
  });
});
