import { cancelled } from '../../../../core/errors/errors.js';
import { isJobletError } from '../../../../core/errors/joblet-error.js';
import type { BuildEvent } from '../../../../core/events/build-event.js';
import type { Bench } from '../bench.js';
import { NotChecked } from '../not-checked.js';
import { type Settled, settle } from '../settle.js';
import { storeProcesses } from '../store-processes.js';

/** In the moment in which the pack has begun to plan. */
export async function cancelsPlanning(bench: Bench): Promise<readonly string[]> {
  const begins = `resolving ${bench.pack.title} packages`;
  return cancelling(bench, async (abort, signal) => {
    let isTooQuick = false;
    const report = await bench.validate(bench.spec({ values: bench.given.values }), {
      signal,
      onEvent: (event) => {
        if (event.type === 'progress' && event.message === begins) setImmediate(abort);
        // It had planned before anybody could stop it.
        if (event.type === 'phase-ended' && event.phase.number === 4) isTooQuick = !signal.aborted;
      },
    });
    if (isTooQuick) throw cancelled();
    return report;
  });
}

/** While it fetches what is planned, and while it installs that. */
export async function cancelsInstall(bench: Bench): Promise<readonly string[]> {
  const isPlanned = (event: BuildEvent) => event.type === 'phase-ended' && event.phase.number === 4;
  const fetching = await cancelling(bench, (abort, signal) =>
    bench.build(
      { kind: 'observe' },
      {
        signal,
        onEvent: (event) => {
          if (isPlanned(event)) setImmediate(abort);
        },
      },
    ),
  );
  let findings: Awaited<ReturnType<Bench['build']>>['findings'] | undefined;
  const installing = await cancelling(bench, (abort, signal) => {
    const build = bench.start({ kind: 'cancel', abort }, { signal });
    findings = build.findings;
    return build.done;
  });
  if (findings?.cancelled === undefined)
    throw new NotChecked(['the build did not come to it', ...installing].join('\n'));
  const { midway, before } = findings.cancelled;
  return [
    ...fetching.map((problem) => `while it fetches: ${problem}`),
    ...installing.map((problem) => `while it installs: ${problem}`),
    ...(midway.kind === 'hung' ? ['install goes on after it was cancelled'] : []),
    ...(before.kind === 'finished' && before.value.length > 0
      ? ['install installs although it was cancelled before']
      : []),
    ...(before.kind === 'hung' ? ['install begins although it was cancelled before, and goes on'] : []),
  ];
}

async function cancelling(
  bench: Bench,
  start: (abort: () => void, signal: AbortSignal) => Promise<unknown>,
): Promise<readonly string[]> {
  const before = { builds: await bench.unfinishedBuilds(), processes: storeProcesses(bench.given.store) };
  const controller = new AbortController();
  const ended = await settle(start(() => controller.abort(new Error('cancelled by the kit')), controller.signal));
  const builds = (await bench.unfinishedBuilds()).filter((name) => !before.builds.includes(name));
  const processes = await waitForEnd(() =>
    storeProcesses(bench.given.store).filter((line) => !before.processes.includes(line)),
  );
  return [
    ...endProblem(ended, controller.signal),
    ...builds.map((name) => `state/builds/${name} is left in the store`),
    ...processes.map((line) => `a process is left: ${line}`),
  ];
}

function endProblem(ended: Settled<unknown>, { aborted }: AbortSignal): readonly string[] {
  if (ended.kind === 'hung') return ['it does not stop'];
  if (ended.kind === 'finished') return [aborted ? 'it goes on to its end' : 'it ended before it could be cancelled'];
  const { error } = ended;
  return isJobletError(error) && error.code === 'E_CANCELLED' ? [] : [`it ends in ${String(error)}`];
}

/** What was killed needs a moment to be gone. */
async function waitForEnd(left: () => readonly string[]): Promise<readonly string[]> {
  for (let tries = 0; tries < 600 && left().length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return left();
}
