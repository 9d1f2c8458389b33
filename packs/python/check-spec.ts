import type { PackRequest, SpecProblem } from '../../core/contracts/language-pack.js';
import { parsePipOptions } from './pip-options.js';
import { checkRequirement } from './requirements.js';

/** The python pack's rules for `pip` and `pip_options` that a schema cannot say. */
export function checkPythonSpec(request: PackRequest): readonly SpecProblem[] {
  const { pip, pip_options: options } = request.values;
  return [...(Array.isArray(pip) ? checkList(pip) : []), ...(typeof options === 'string' ? checkOptions(options) : [])];
}

function checkList(list: readonly unknown[]): readonly SpecProblem[] {
  const first = new Map<string, number>();
  return list.flatMap((entry, index): readonly SpecProblem[] => {
    if (typeof entry !== 'string') return [];
    const path = ['pip', index];
    const checked = checkRequirement(entry);
    if (checked.kind === 'problem') return [{ path, message: checked.message, hint: checked.hint }];
    if (checked.conditional) return [];
    const earlier = first.get(checked.name);
    if (earlier !== undefined) {
      // pip takes both and has to meet both.
      return [
        {
          path,
          severity: 'warning',
          message: `names ${checked.name} again, after entry ${earlier + 1}; both have to hold`,
          hint: `expected: one entry, such as ${checked.name}>=1.0,<2`,
        },
      ];
    }
    first.set(checked.name, index);
    return [];
  });
}

function checkOptions(text: string): readonly SpecProblem[] {
  const parsed = parsePipOptions(text);
  if (parsed.kind === 'options') return [];
  return parsed.problems.map(({ message, hint }) => ({ path: ['pip_options'], message, hint }));
}
