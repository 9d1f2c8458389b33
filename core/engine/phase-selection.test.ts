import { describe, expect, it } from 'vitest';
import type { Phase } from '../contracts/phase.js';
import { type PhaseSelection, selectPhases } from './phase-selection.js';

const phase = (number: number, id: string): Phase => ({
  number,
  id,
  title: id,
  description: id,
  run: async () => {},
});
const all = [phase(1, 'parse'), phase(2, 'detect'), phase(2.5, 'own'), phase(3, 'copy')];
const select = (selection: PhaseSelection) => selectPhases(all, selection).phases.map(({ id }) => id);

describe('selecting phases', () => {
  it.each<[PhaseSelection, readonly string[]]>([
    [{}, ['parse', 'detect', 'own', 'copy']],
    [{ upTo: 'detect' }, ['parse', 'detect']],
    [{ upTo: 2.5 }, ['parse', 'detect', 'own']],
    [{ only: ['copy', 1] }, ['parse', 'copy']],
    [{ only: ['copy', 1], upTo: 2 }, ['parse']],
    [{ from: 'own' }, ['parse', 'detect', 'own', 'copy']],
  ])('%j', (selection, ids) => {
    expect(select(selection)).toEqual(ids);
  });

  it('is complete only with all of them', () => {
    expect(selectPhases(all, { from: 'own' })).toMatchObject({ complete: true, from: { id: 'own' } });
    expect(selectPhases(all, { upTo: 'own' })).toMatchObject({ complete: false });
  });

  it.each<[PhaseSelection, string]>([
    [{ upTo: 'detct' }, 'there is no phase detct'],
    [{ only: [7] }, 'there is no phase 7'],
    [{ from: 'copy', upTo: 'own' }, 'the phase copy comes after own'],
  ])('refuses %j', (selection, message) => {
    expect(() => select(selection)).toThrow(expect.objectContaining({ code: 'E_USAGE', message }));
  });
});
