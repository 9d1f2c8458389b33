import type { PackRequest, SpecProblem } from '../../core/contracts/language-pack.js';
import { redactCredentials } from '../../core/pack-kit.js';
import { parsePackageSpec } from './package-spec.js';

const EXPECTED = 'expected: NAME or NAME@VERSION of a registry, such as lodash@^4.17.0';

/** The node pack's rules for `npm` that a schema cannot say. */
export function checkNodeSpec(request: PackRequest): readonly SpecProblem[] {
  const list = request.values['npm'];
  if (!Array.isArray(list)) return [];
  const first = new Map<string, number>();
  return list.flatMap((entry: unknown, index): readonly SpecProblem[] => {
    if (typeof entry !== 'string') return [];
    const path = ['npm', index];
    const spec = parsePackageSpec(entry);
    if (spec === undefined) {
      return [{ path, message: `is not a package of a registry: ${redactCredentials(entry)}`, hint: EXPECTED }];
    }
    const earlier = first.get(spec.name);
    if (earlier !== undefined) {
      return [{ path, message: `names ${spec.name} again, after entry ${earlier + 1}`, hint: 'keep one of the two' }];
    }
    first.set(spec.name, index);
    return [];
  });
}
