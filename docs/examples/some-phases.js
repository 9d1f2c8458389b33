// Some phases: what a runtime.yaml says, and where it would be built. Needs no root.
import { createBuilder, DETECTED_PLATFORM, PARSED_SPEC } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
const { timings } = await builder.runPhases(
  { path: process.argv[2], only: ['parse-validate', 'detect-platform'] },
  {
    after: (context) => {
      const { base } = context.get(PARSED_SPEC).spec;
      console.log(`${base.language} ${base.version} on ${context.get(DETECTED_PLATFORM).info.id}`);
    },
  },
);
console.log(timings.map(({ id }) => id).join(', '));
