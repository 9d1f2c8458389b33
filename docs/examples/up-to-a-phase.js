// Up to a phase: the language and its packages are installed, and the root is looked at before it goes.
import { BUILD_ROOT, createBuilder, INSTALLED_PACKAGES } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
await builder.runPhases(
  { path: process.argv[2], upTo: 'install-packages' },
  {
    after: async (context) => {
      console.log(
        `${context.get(INSTALLED_PACKAGES).length} packages in ${context.get(BUILD_ROOT).layers.length} layers`,
      );
      const runner = await context.get(BUILD_ROOT).reader(context);
      const { stdout } = await runner.run({ args: ['cat', '/etc/os-release'], quiet: true });
      console.log(/^ID=(.*)$/m.exec(stdout)?.[0]);
    },
  },
);
