// Cancelled when its first phase has ended. It rejects when everything is cleaned up.
import { createBuilder, isJobletError } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
const abort = new AbortController();
try {
  await builder.build(
    { path: process.argv[2], force: true },
    {
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'phase-ended') abort.abort();
      },
    },
  );
} catch (error) {
  if (!isJobletError(error)) throw error;
  console.log(error.code, error.exitCode);
}
