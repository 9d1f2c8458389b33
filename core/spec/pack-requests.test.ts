import { expect, it } from 'vitest';
import { specOptions } from '../../fixtures/spec-options.js';
import { packRequests } from './pack-requests.js';

const python = specOptions.packs.find(({ id }) => id === 'python');
if (python === undefined) throw new Error('no python pack');
const node = { ...python, id: 'node', keys: [{ name: 'npm', packages: true, schema: {} }] };
const base = { language: 'python', version: '3.11' };

it('has the base language first, whatever the order of the packs', () => {
  const work = packRequests({ base, packValues: { npm: ['express'], pip: ['numpy'] } }, [node, python]);
  expect(work.map(({ pack, request }) => [pack.id, request])).toEqual([
    ['python', { role: 'base', version: '3.11', values: { pip: ['numpy'] } }],
    ['node', { role: 'addition', values: { npm: ['express'] } }],
  ]);
});

it('adds no pack for an empty list, nor for options alone', () => {
  expect(packRequests({ base, packValues: { npm: [] } }, [python, node])).toHaveLength(1);
  const nodeBase = { language: 'node', version: '20' };
  expect(packRequests({ base: nodeBase, packValues: { pip_options: '--pre' } }, [python, node])).toHaveLength(1);
});
