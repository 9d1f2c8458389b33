// All phases, with their events: what `rnx runtime build` does.
import { createBuilder } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
const { runtime, timings } = await builder.build(
  { path: process.argv[2], force: true },
  {
    onEvent: (event) => {
      if (event.type === 'phase-started') console.error(`${event.phase.number} ${event.phase.title}`);
      if (event.type === 'progress') console.error(`   ${event.message}`);
    },
  },
);
console.log(`${runtime.name}@${runtime.version} in ${timings.length} phases: ${runtime.path}`);
