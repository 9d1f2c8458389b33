import type { BuildContext } from '../pipeline/build-context.js';
import { token } from './token.js';

/** One step of a build. Phases run in order of `number`; a phase may rely only on results of lower numbers. */
export interface Phase {
  /** 1 to 14 are the built-in ones; a third party may use fractions between them. */
  readonly number: number;
  /** Stable, kebab-case: `validate-packages`. Shown in events and errors. */
  readonly id: string;
  /** As in the reference document: "Validate Packages". */
  readonly title: string;
  readonly description: string;
  /** Throws JobletError on failure. Stops within a second of `context.signal`, leaving only what cleanup undoes. */
  run(context: BuildContext): Promise<void>;
}

export const PHASE = token<Phase>('phase');
