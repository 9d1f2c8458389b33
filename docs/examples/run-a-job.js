// A job in a runtime, with what it writes, and a limit.
import { createBuilder } from 'joblet';

const builder = createBuilder({ root: process.env.JOBLET_ROOT });
const { runtime } = await builder.build({ path: process.argv[2] });
const job = await builder.runJob({
  runtime: runtime.name,
  args: ['python', '-c', 'print(6 * 7)'],
  maxMemory: '256MB',
  stdout: process.stdout,
  stderr: process.stderr,
});
const { status, usage } = await job.exit;
console.error(`status ${status}, ${Math.round(usage.cpuMs)} ms of processor time`);
process.exitCode = status;
