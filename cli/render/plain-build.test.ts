import { describe, expect, it } from 'vitest';
import type { BuildEvent } from '../../core/events/build-event.js';
import { phase, phaseEvents } from '../test-support/fake-builder.js';
import { PlainBuild } from './plain-build.js';

function render(events: readonly BuildEvent[], verbose = false): string {
  let text = '';
  const view = new PlainBuild({
    verbose,
    write: (part) => {
      text += part;
    },
  });
  for (const event of events) view.onEvent(event);
  return text;
}

const progress = (at: number, message: string): BuildEvent => ({ type: 'progress', at, phase: phase(7), message });

describe('PlainBuild', () => {
  it('writes a line for each start, step and end', () => {
    const [started, ended] = phaseEvents(7, 0, 61_000);
    if (started === undefined || ended === undefined) throw new Error('two events expected');
    const warning: BuildEvent = { type: 'warning', at: 2, phase: phase(7), message: 'runtime.yaml:3:10: quote it' };
    expect(render([started, progress(1, 'unpacking'), warning, ended])).toBe(
      [
        '[7/14] Install Base: started',
        '[7/14] Install Base: unpacking',
        '[7/14] Install Base: warning: runtime.yaml:3:10: quote it',
        '[7/14] Install Base: done in 1m01s',
        '',
      ].join('\n'),
    );
  });

  it.each(['failed', 'cancelled'] as const)('says that a phase has %s', (outcome) => {
    const event: BuildEvent = { type: 'phase-ended', at: 0, phase: phase(4), outcome, durationMs: 250 };
    expect(render([event])).toBe(`[4/14] Validate Packages: ${outcome} after 250ms\n`);
  });

  it('leaves out output of commands unless it is verbose', () => {
    const events = phaseEvents(8, 0, 1, ['Collecting numpy']);
    expect(render(events)).not.toContain('numpy');
    expect(render(events, true)).toContain('\nCollecting numpy\n');
  });

  it('thins out a counter, not different steps', () => {
    const lines = render([
      progress(0, 'fetched 1 of 90'),
      progress(100, 'fetched 2 of 90'),
      progress(6000, 'fetched 60 of 90'),
      progress(6001, 'unpacking'),
    ]);
    expect(lines).toBe(
      ['fetched 1 of 90', 'fetched 60 of 90', 'unpacking'].map((text) => `[7/14] Install Base: ${text}\n`).join(''),
    );
  });

  it('shows a phase of a third party between ours', () => {
    const event: BuildEvent = {
      type: 'phase-started',
      at: 0,
      phase: { number: 8.5, id: 'scan', title: 'Scan\x1b[2J' },
    };
    expect(render([event])).toBe('[8.5/14] Scan: started\n');
  });

  it('makes control characters visible', () => {
    expect(render([progress(0, 'a\x07b\u202ec')])).toBe('[7/14] Install Base: a\\x07b\\u{202e}c\n');
  });
});
