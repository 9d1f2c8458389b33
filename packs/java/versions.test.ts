import { describe, expect, it } from 'vitest';
import type { PackRequest } from '../../core/contracts/language-pack.js';
import { distributionPackages, versionSchema } from './versions.js';

const request = (version: string | undefined, maven: readonly string[] = []): PackRequest => ({
  role: version === undefined ? 'addition' : 'base',
  ...(version === undefined ? {} : { version }),
  values: { maven },
});

describe('versions of java', () => {
  it.each(['11', '17', '21', '25', '21.0.5', '17.0.21.1'])('%s is one', (version) =>
    expect(version).toMatch(new RegExp(String(versionSchema['pattern']))),
  );
  it.each(['8', '1.8', '21.', '21.00', 'latest', '21-ea'])('%s is none', (version) =>
    expect(version).not.toMatch(new RegExp(String(versionSchema['pattern']))),
  );
});

describe('packages of a distribution', () => {
  it("are the reference's list; the runtime keeps what needs no display", () => {
    expect(distributionPackages(request('21'), 'apt')).toEqual([
      {
        build: ['openjdk-21-jdk', 'ca-certificates'],
        runtime: ['openjdk-21-jdk-headless', 'ca-certificates'],
        tools: [],
      },
    ]);
  });

  it('have a version only where more than the feature release is asked for', () => {
    const [set] = distributionPackages(request('21.0.5'), 'apt');
    expect(set?.versions).toEqual({ 'openjdk-21-jdk': '21.0.5', 'openjdk-21-jdk-headless': '21.0.5' });
  });

  it('bring a resolver only for maven', () => {
    expect(distributionPackages(request('17', ['a:b']), 'apt')[0]?.tools).toEqual([
      'openjdk-17-jdk-headless',
      'maven',
      'dash',
    ]);
  });

  it('have names of both vendors on yum', () => {
    expect(distributionPackages(request('21'), 'yum').map(({ build }) => build[0])).toEqual([
      'java-21-openjdk-devel',
      'java-21-amazon-corretto-devel',
    ]);
  });

  it('are the default JDK of the release for the libraries of another language', () => {
    expect(distributionPackages(request(undefined, ['a:b']), 'apt')[0]?.build).toEqual([
      'default-jdk',
      'ca-certificates',
    ]);
  });

  it('are few beside an archive', () => {
    const toolchain = {
      source: 'vendor',
      language: 'java',
      version: '21.0.13+9',
      archives: [],
      evidence: 'checksum' as const,
    };
    const [set] = distributionPackages({ ...request('21'), toolchain }, 'apt');
    expect(set?.build).toEqual(['ca-certificates', 'libfontconfig1']);
  });
});
