import type { Phase } from '../contracts/phase.js';
import { token } from '../contracts/token.js';

/** Puts something around the phase with the id. */
export interface PhaseWrap {
  readonly phase: string;
  wrap(inner: Phase): Pick<Phase, 'run'>;
}

export const PHASE_WRAP = token<PhaseWrap>('phase-wrap');

/** The phases in the order of their numbers: of those with one id the last, with all wraps around it, the first innermost. */
export function arrangePhases(phases: readonly Phase[], wraps: readonly PhaseWrap[]): readonly Phase[] {
  const byId = new Map(phases.map((phase) => [phase.id, phase]));
  return [...byId.values()]
    .sort((a, b) => a.number - b.number)
    .map((phase) => wraps.filter((one) => one.phase === phase.id).reduce(wrapped, phase));
}

function wrapped(inner: Phase, { wrap }: PhaseWrap): Phase {
  const outer = wrap(inner);
  const { number, id, title, description } = inner;
  return { number, id, title, description, run: (context) => outer.run(context) };
}
