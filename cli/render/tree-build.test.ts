import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { BuildEvent } from '../../core/events/build-event.js';
import { phase, phaseEvents } from '../test-support/fake-builder.js';
import { Captured } from '../test-support/run-command.js';
import { BUILD_PHASES } from './build-view.js';
import { TreeBuild } from './tree-build.js';

/** A busy machine is slow, not wrong. */
const PATIENT = { timeout: 60_000 };

/** Plays events, waiting at each text until the tree shows it. Returns the last screen, and everything ever written. */
async function render(steps: readonly (BuildEvent | string)[]): Promise<{ last: string[]; all: string }> {
  const stdout = new Captured();
  const view = new TreeBuild({ stdout, stderr: new Captured(), phases: BUILD_PHASES, delayMs: 0 });
  await vi.waitFor(() => expect(stdout.text).toContain('Parse'), PATIENT);
  for (const step of steps) {
    if (typeof step !== 'string') view.onEvent(step);
    else await vi.waitFor(() => expect(stripVTControlCharacters(stdout.text)).toContain(step), PATIENT);
  }
  await view.end();
  const all = stripVTControlCharacters(stdout.text);
  const lines = all.split('\n').map((line) => line.trimEnd());
  return { last: lines.slice(lines.findLastIndex((line) => line.includes(' 1 Parse'))), all };
}

describe('TreeBuild', () => {
  it('ends with a row for each phase, with its time', async () => {
    const { last } = await render(BUILD_PHASES.flatMap(({ number }) => phaseEvents(number, 1000, number * 1000)));
    expect(last).toHaveLength(15);
    expect(last[6]).toMatch(/ 7 Install Base \(7\.0s\)$/);
    expect(last[13]).toMatch(/14 Validate Build \(14\.0s\)$/);
  });

  it('shows the current line of output under the phase that runs, and not afterwards', async () => {
    const [started, log, ended] = phaseEvents(1, 1000, 5, ['Reading \x1b]0;title\x07 the file']);
    if (started === undefined || log === undefined || ended === undefined) throw new Error('three events expected');
    const { last } = await render([started, log, 'Reading  the file', ended]);
    expect(last.join('\n')).not.toContain('Reading');
  });

  it('marks the phase that failed, once, and prints no error of its own', async () => {
    const { last, all } = await render([
      ...phaseEvents(1, 1000, 5),
      { type: 'phase-started', at: 1005, phase: phase(2) },
      { type: 'phase-ended', at: 1010, phase: phase(2), outcome: 'failed', durationMs: 5 },
    ]);
    expect(last.filter((line) => line.includes('Detect Platform (5ms)'))).toHaveLength(1);
    expect(all).not.toContain('Error');
    expect(all).not.toMatch(/failed|never-ran/);
  });

  it('ends when the build ended without a word about the running phase', async () => {
    const { last } = await render([{ type: 'phase-started', at: 1000, phase: phase(1) }]);
    expect(last[0]).toContain('1 Parse & Validate');
  });

  it("shows a third party's phase in the row of the next one", async () => {
    const scan = { number: 1.5, id: 'scan', title: 'Scan' };
    const { last } = await render([
      ...phaseEvents(1, 1000, 5),
      { type: 'phase-started', at: 1000, phase: scan },
      { type: 'progress', at: 1000, phase: scan, message: 'scanning' },
      'scanning',
      { type: 'phase-ended', at: 1010, phase: scan, outcome: 'done', durationMs: 10 },
      ...phaseEvents(2, 1010, 7),
    ]);
    expect(last[1]).toContain('2 Detect Platform (7ms)');
  });

  it('draws nothing for a build that ends before the delay', async () => {
    const stdout = new Captured();
    const view = new TreeBuild({ stdout, stderr: new Captured(), phases: BUILD_PHASES, delayMs: 60_000 });
    for (const event of phaseEvents(1, 0, 1)) view.onEvent(event);
    await view.end();
    expect(stdout.text).toBe('');
  });
});
