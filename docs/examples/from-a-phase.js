// From a phase: nothing is installed again, only taken from the cache; what comes after is done anew.
import { createBuilder, isJobletError } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
try {
  const { runtime } = await builder.runPhases({ path: process.argv[2], from: 'copy-binaries' });
  console.log(`${runtime.name} is made again from its cached root`);
} catch (error) {
  if (!isJobletError(error) || error.code !== 'E_NOT_CACHED') throw error;
  console.log(error.message);
}
