// A platform that is not there, in place of this machine's: plans can be tested without a network and without root file systems.
import { createBuilder, PLATFORM } from 'joblet';

const info = {
  id: 'debian-amd64',
  distribution: 'debian',
  release: 'imagined',
  architecture: 'amd64',
  family: 'apt',
  packageManager: 'apt',
};
const packageOf = (name) => ({
  name,
  version: '1.0',
  architecture: 'amd64',
  hash: `sha256:${'0'.repeat(64)}`,
  sizeBytes: 1,
});
const fake = {
  family: 'apt',
  authorities: { bundle: '/etc/ca', extraDir: '/etc/ca.d', opensslFile: '/etc/ca.pem', singles: [] },
  detect: async () => info,
  suites: () => [{ id: 'imagined', source: 'distribution' }],
  available: async (_platform, _suite, names) => new Map(names.map((name) => [name, ['1.0']])),
  async resolve(_platform, { groups }) {
    const sets = groups.flatMap(([first]) => first ?? []);
    const buildNames = [...new Set(sets.flatMap(({ build }) => build))];
    const runtimeNames = [...new Set(sets.flatMap(({ runtime }) => runtime))];
    const build = buildNames.map(packageOf);
    const plan = { release: 'imagined', sets, base: [], build, tools: [], runtimeNames, buildNames, downloadBytes: 0 };
    return { kind: 'planned', plan };
  },
};

const builder = createBuilder({
  root: process.env.JOBLET_ROOT,
  plugins: [(container) => container.register(PLATFORM, { useValue: fake })],
});
const { plan } = await builder.validate(process.argv[2]);
console.log(plan.packages.release, plan.packages.build.map(({ name }) => name).join(' '));
