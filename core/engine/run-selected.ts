import path from 'node:path';
import type { Phase } from '../contracts/phase.js';
import { cancelled } from '../errors/errors.js';
import { runPhases } from '../pipeline/pipeline.js';
import { PARSED_SPEC } from '../pipeline/results.js';
import { ISOLATED_ROOT, WORKSPACE } from '../pipeline/root-results.js';
import type { RunningBuild } from '../pipeline/running-build.js';
import { acquireLock, type FileLock } from '../store/file-lock.js';
import type { RuntimeStore } from '../store/runtime-store.js';
import type { StorePaths } from '../store/store-paths.js';
import { openWorkspace, sweepWorkspaces } from '../store/workspace.js';
import type { PhasesOptions, PhasesResult, PhaseTiming } from './builder.js';
import type { SelectedPhases } from './phase-selection.js';

/** From this one on, phases work in the store. */
const FIRST_IN_STORE = 4;
/** From this one on, phases make what the next ones build on. */
const FIRST_MAKING = 5;

export interface SelectedRun {
  readonly selected: SelectedPhases;
  readonly build: RunningBuild;
  readonly paths: StorePaths;
  readonly runtimes: RuntimeStore;
  readonly options: PhasesOptions;
}

/** Runs phases, hands over what they made, and undoes it; what all of them made together becomes the runtime. */
export async function runSelected({ selected, build, paths, runtimes, options }: SelectedRun): Promise<PhasesResult> {
  const { phases, from, complete } = selected;
  const timings: PhaseTiming[] = [];
  let lock: FileLock | undefined;
  const run = async (some: readonly Phase[]) => timings.push(...(await runPhases(some, build)));
  try {
    await options.before?.(build);
    await run(phases.filter(({ number }) => number < FIRST_IN_STORE));
    const rest = phases.filter(({ number }) => number >= FIRST_IN_STORE);
    if (rest.length > 0) {
      await paths.prepare();
      await sweepWorkspaces(paths);
      const name = build.find(PARSED_SPEC)?.spec.name;
      if (name !== undefined && rest.some(({ number }) => number >= FIRST_MAKING))
        lock = await acquireLock(paths.lock(`runtime-${name}`), { signal: build.signal });
      const workspace = await openWorkspace(paths);
      build.onEnd(() => workspace.close());
      build.set(WORKSPACE, workspace);
      await runtimes.sweep(workspace);
      const cached = from !== undefined && from.number > FIRST_MAKING ? from : undefined;
      const isBefore = ({ number }: Phase) => cached !== undefined && number < cached.number;
      if (cached !== undefined) workspace.sealedUntil = cached.id;
      await run(rest.filter(isBefore));
      delete workspace.sealedUntil;
      await run(rest.filter((phase) => !isBefore(phase)));
    }
    if (build.signal.aborted) throw cancelled(build.signal.reason);
    await options.after?.(build);
    const results = { timings, warnings: build.warnings };
    const parsed = build.find(PARSED_SPEC);
    if (!complete || parsed === undefined) return results;
    const draft = path.dirname(build.get(ISOLATED_ROOT).dir);
    const { name, version } = parsed.spec;
    return { ...results, runtime: await runtimes.publish(name, version, draft, build.get(WORKSPACE)) };
  } finally {
    await build.close();
    await lock?.release();
  }
}
