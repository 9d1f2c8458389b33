import type { BuildEvent, PhaseRef } from '../../core/events/build-event.js';

/** Shows a build while it runs. */
export interface BuildView {
  onEvent(event: BuildEvent): void;
  /** Shows a word to whoever waits, where what is shown keeps others from writing. */
  note?(text: string): void;
  /** Ends the display, however the build ended; only then may anything else be written. */
  end(): Promise<void>;
}

/** The phases of a build, known before it starts. A phase of a third party shows up with a number between these. */
export const BUILD_PHASES: readonly Omit<PhaseRef, 'id'>[] = [
  { number: 1, title: 'Parse & Validate' },
  { number: 2, title: 'Detect Platform' },
  { number: 3, title: 'Check Disk Space' },
  { number: 4, title: 'Validate Packages' },
  { number: 5, title: 'Prepare Directories' },
  { number: 6, title: 'Pre-install Hook' },
  { number: 7, title: 'Install Base' },
  { number: 8, title: 'Install Packages' },
  { number: 9, title: 'Post-install Hook' },
  { number: 10, title: 'Copy Binaries' },
  { number: 11, title: 'Copy Libraries' },
  { number: 12, title: 'Copy Configuration' },
  { number: 13, title: 'Generate Config' },
  { number: 14, title: 'Validate Build' },
];

/** The phases that only look: what `validate` and `--dry-run` run. */
export const PLANNING_PHASES = BUILD_PHASES.slice(0, 4);

export const silentView: BuildView = { onEvent: () => {}, end: async () => {} };
