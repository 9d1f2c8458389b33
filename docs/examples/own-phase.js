// A phase of one's own, and one that is put around a built-in phase.
import { asPlugin, createBuilder, ISOLATED_ROOT } from 'joblet';

const audit = {
  number: 13.5,
  id: 'audit',
  title: 'Audit',
  description: 'Counts the files of the finished root',
  run: async (context) => console.log(`audited ${context.get(ISOLATED_ROOT).paths.size > 100 ? 'many' : 'few'} files`),
};
const announced = {
  id: 'validate-build',
  wrap: (inner) => ({
    run: async (context) => {
      console.log(`before ${inner.title}`);
      await inner.run(context);
      console.log(`after ${inner.title}`);
    },
  }),
};
const own = asPlugin({ apiVersion: 1, name: 'own', phases: [audit], wrapPhases: [announced] });
const builder = createBuilder({ root: process.env.JOBLET_ROOT, plugins: [own] });
await builder.build({ path: process.argv[2], force: true });
