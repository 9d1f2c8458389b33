import type { LanguagePack } from '../../../core/contracts/language-pack.js';

/** A language that every root has: the base of a runtime to which the tested pack only adds its packages. */
export const BASE_PACK: LanguagePack = {
  id: 'conformance-shell',
  title: 'Shell',
  keys: [],
  versionSchema: { type: 'string', const: '1', description: '"1"' },
  knownVersions: ['1'],
  drop: [],
  checkSpec: () => [],
  distributionPackages: (_request, family) => {
    const names = [family === 'apt' ? 'dash' : 'bash'];
    return [{ build: names, runtime: names, tools: [] }];
  },
  plan: async () => ({ packages: [], extraBuild: [], data: null }),
  install: async () => [],
  environment: () => ({}),
  smokeTest: () => [{ title: 'sh runs', args: ['sh', '-c', 'echo runs'], expectLine: 'runs' }],
};
