import type { Phase } from '../contracts/phase.js';
import { usageError } from '../errors/errors.js';
import { suggest } from '../spec/suggest.js';

/** A phase by its id (`copy-binaries`) or its number. */
export type PhaseName = string | number;

/** Which phases are run, in the order of their numbers. @default all */
export interface PhaseSelection {
  /** The last one. */
  readonly upTo?: PhaseName;
  /** The first that does its work anew. Those before it take what they made from the cache: when something is not there, the run ends with
   * E_NOT_CACHED. */
  readonly from?: PhaseName;
  /** Only these. What others would have made has to be set by `before`. */
  readonly only?: readonly PhaseName[];
}

export interface SelectedPhases {
  readonly phases: readonly Phase[];
  /** The first that does its work anew. */
  readonly from: Phase | undefined;
  /** Whether they end with a runtime: all are there, to the last one. */
  readonly complete: boolean;
}

/** Throws E_USAGE for a phase that there is not. `all` is in order. */
export function selectPhases(all: readonly Phase[], { upTo, from, only }: PhaseSelection): SelectedPhases {
  const named = (name: PhaseName): Phase => {
    const found = all.find(({ id, number }) => id === name || number === name);
    if (found !== undefined) return found;
    const ids = all.map(({ id }) => id);
    const nearest = suggest(String(name), ids);
    throw usageError(
      `there is no phase ${name}`,
      nearest ? `did you mean ${nearest}?` : `there are: ${ids.join(', ')}`,
    );
  };
  const chosen = only?.map(named);
  const first = from === undefined ? undefined : named(from);
  const last = upTo === undefined ? undefined : named(upTo);
  if (first !== undefined && last !== undefined && first.number > last.number)
    throw usageError(`the phase ${first.id} comes after ${last.id}`, 'name an earlier one as `from`');
  const phases = all.filter(
    (phase) => (chosen?.includes(phase) ?? true) && (last === undefined || phase.number <= last.number),
  );
  return { phases, from: first, complete: phases.length === all.length };
}
