import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseJobManifest, parseManifest } from './parse-manifest.js';

const manifest = {
  name: 'demo',
  description: 'two\nlines: of text',
  environment: { PATH: '/usr/bin', TEXT: 'a: b\nrequirements:\n  - c', EMPTY: '' },
  packages: ['numpy==2.4.6'],
  requirements: { architectures: ['amd64'], min_memory: '256MB' },
  build_info: { platform: 'debian-amd64' },
};
const { environment, requirements } = manifest;

describe('parseJobManifest', () => {
  it('finds what a job needs, whatever the values look like', () => {
    expect(parseJobManifest(stringify(manifest))).toEqual({ environment, requirements });
  });

  it.each<[what: string, text: string]>([
    ['JSON', JSON.stringify(manifest)],
    ['flow style', stringify(manifest, { collectionStyle: 'flow' })],
    ['an alias of another key', stringify(manifest).replace('environment:', 'environment: &a').concat('more: *a\n')],
    ['an anchor elsewhere', `x: &x amd64\n${stringify(manifest).replace('- amd64', '- *x')}`],
    ['quoted keys', stringify(manifest, { defaultKeyType: 'QUOTE_DOUBLE' })],
    ['no requirements', stringify({ ...manifest, requirements: undefined })],
  ])('says of %s what the whole file says', (_what, text) => {
    expect(parseManifest(text)?.environment).toEqual(environment);
    expect(parseJobManifest(text)).toMatchObject({ environment });
  });

  it.each(['', 'a: [b', 'text', 'environment: {}\nrequirements: {}\n'])('refuses %j', (text) => {
    expect(parseJobManifest(text)).toBeUndefined();
  });
});
