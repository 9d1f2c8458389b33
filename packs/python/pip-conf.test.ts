import { expect, test } from 'vitest';
import { formatPipConf, parsePipConf } from './pip-conf.js';

test('reads sections, both separators, comments and values over several lines as pip does', () => {
  const conf = parsePipConf(
    [
      '# a comment',
      '[global]',
      'index-url = https://index.test/simple',
      'timeout: 60',
      'extra-index-url =',
      '    https://a.test/simple',
      '    ; a comment within',
      '    https://b.test/simple',
      '[install]',
      'Trusted_Host = a.test',
      'no separator',
    ].join('\n'),
  );
  expect(conf.get('global')).toEqual(
    new Map([
      ['index-url', 'https://index.test/simple'],
      ['timeout', '60'],
      ['extra-index-url', 'https://a.test/simple\nhttps://b.test/simple'],
    ]),
  );
  expect(conf.get('install')).toEqual(new Map([['trusted-host', 'a.test']]));
});

test('does not interpolate: a percent sign of a password stays', () => {
  expect(parsePipConf('[global]\nindex-url=https://u:p%40ss@index.test').get('global')?.get('index-url')).toBe(
    'https://u:p%40ss@index.test',
  );
});

test('reads what it wrote', () => {
  const values = new Map([
    ['index-url', 'https://index.test/simple'],
    ['find-links', 'https://a.test\nhttps://b.test'],
  ]);
  expect(parsePipConf(formatPipConf('global', values)).get('global')).toEqual(values);
});
