import type { Phase } from '../contracts/phase.js';
import type { PhaseTiming } from '../engine/builder.js';
import { cancelled, diskFull, internalError } from '../errors/errors.js';
import { findJobletError, type JobletError } from '../errors/joblet-error.js';
import { placesOf } from './error-places.js';
import { PARSED_SPEC } from './results.js';
import type { RunningBuild } from './running-build.js';

/** Runs phases in the order of their numbers, and says of each when it began and how it ended. */
export async function runPhases(phases: readonly Phase[], build: RunningBuild): Promise<readonly PhaseTiming[]> {
  const timings: PhaseTiming[] = [];
  for (const phase of [...phases].sort((a, b) => a.number - b.number)) {
    const ref = { number: phase.number, id: phase.id, title: phase.title };
    const startedAt = build.time();
    build.enter(ref);
    const end = (outcome: 'done' | 'failed' | 'cancelled') => {
      const durationMs = build.time() - startedAt;
      timings.push({ ...ref, durationMs });
      build.emit({ type: 'phase-ended', at: build.time(), phase: ref, outcome, durationMs });
    };
    try {
      if (build.signal.aborted) throw cancelled(build.signal.reason);
      await phase.run(build);
    } catch (thrown) {
      const error = asPhaseError(thrown, build, phase.id);
      end(error.code === 'E_CANCELLED' ? 'cancelled' : 'failed');
      throw error;
    }
    end('done');
  }
  return timings;
}

function asPhaseError(thrown: unknown, build: RunningBuild, phaseId: string): JobletError {
  // Whatever a cancelled step fails with, the reason is the cancellation.
  const error = build.signal.aborted
    ? cancelled(thrown)
    : (outOfDisk(thrown, build) ?? findJobletError(thrown) ?? internalError(thrown));
  error.phase ??= phaseId;
  const places = placesOf(error, build.find(PARSED_SPEC));
  if (places.length > 0) error.places ??= places;
  return error;
}

/** Below this no program of a build gets far; what it then says is seldom the reason. */
const FULL_BYTES = 16 * 1024 * 1024;
/** A program that says so may have left some space by the time that we look. */
const NEARLY_FULL_BYTES = 512 * 1024 * 1024;

function outOfDisk(thrown: unknown, build: RunningBuild): JobletError | undefined {
  for (let at: unknown = thrown; at instanceof Error; at = at.cause) {
    if ('code' in at && at.code === 'ENOSPC') return diskFull(thrown);
  }
  const free = build.freeBytes();
  const saysSo =
    free < NEARLY_FULL_BYTES && JSON.stringify(findJobletError(thrown) ?? '').includes('No space left on device');
  return free < FULL_BYTES || saysSo ? diskFull(thrown) : undefined;
}
