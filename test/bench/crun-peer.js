/**
 * Runs bare crun for the job benchmark, from inside a mount namespace that has what the bundle needs: a process of its own, since it has to
 * live there. Answers messages `{ run: ID }` and `{ burst: COUNT }` with milliseconds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [bundle, state] = process.argv.slice(2);

process.on('message', async (message) => {
  const argv = message.run
    ? ['crun', '--root', state, 'run', '--bundle', bundle, message.run]
    : [
        'sh',
        '-c',
        'seq "$1" | xargs -P4 -I{} crun --root "$2" run --bundle "$3" burst{}',
        'sh',
        String(message.burst),
        state,
        bundle,
      ];
  process.send({ ms: await timed(argv) });
});
process.send({ ready: true });

async function timed([program, ...args]) {
  const start = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return performance.now() - start;
}
