import { describe, expect, it } from 'vitest';
import { checkJavaSpec } from './check-spec.js';

const check = (maven: readonly string[]) => checkJavaSpec({ role: 'base', version: '21', values: { maven } });

describe('entries of maven', () => {
  it.each([
    'org.slf4j:slf4j-api',
    'org.slf4j:slf4j-api:2.0.16',
    'com.google.guava:guava:33.4.0-jre',
    'org.tiny:base:[1.0,2.0)',
    'org.tiny:base:[1.0,]',
    'io_x.y:a_b-c.d:1.0+build',
  ])('%s is one', (text) => expect(check([text])).toEqual([]));

  it.each(['slf4j-api', ':a:1', 'a:b:', 'a:b:1:jar', 'a b:c', '-Dx:y', 'a:b:1\n', 'a/../b:c', 'a:b:[1.0', 'a:b:../1'])(
    '%j is none, and the report says what is expected',
    (text) => {
      const [problem] = check(['org.tiny:base', text]);
      expect(problem).toMatchObject({ path: ['maven', 1], hint: expect.stringContaining('group:artifact:version') });
    },
  );

  it('are refused when they name a snapshot, or a library twice', () => {
    expect(check(['a:b:1-SNAPSHOT'])[0]?.message).toContain('snapshot');
    expect(check(['a:b:1', 'a:b:2'])[0]).toMatchObject({ path: ['maven', 1] });
  });
});
