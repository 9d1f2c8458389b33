// With the plugins that are installed in the store, as `rnx` has them. A broken one is named, and the others work.
import { createBuilder, loadPlugins } from 'joblet';

const root = process.env.JOBLET_ROOT;
const { plugins, loaded, rejected } = await loadPlugins({ root });
for (const { name, version } of loaded) console.log(`${name} ${version}`);
for (const { name, problems } of rejected) console.error(`${name} is left out: ${problems.join('; ')}`);
const builder = createBuilder({ root, plugins });
console.log(
  builder
    .listPhases()
    .map(({ number }) => number)
    .join(' '),
);
