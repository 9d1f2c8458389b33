import type { PackRequest, SpecProblem } from '../../core/contracts/language-pack.js';
import { redactCredentials } from '../../core/pack-kit.js';
import { parseCrateSpec, plainName } from './crate-spec.js';

const EXPECTED = 'expected: NAME or NAME@VERSION, such as serde@1.0.200 or rand@0.8';

/** The rust pack's rules for `cargo` that a schema cannot say. */
export function checkRustSpec(request: PackRequest): readonly SpecProblem[] {
  const list = request.values['cargo'];
  if (!Array.isArray(list)) return [];
  const first = new Map<string, number>();
  return list.flatMap((entry: unknown, index): readonly SpecProblem[] => {
    if (typeof entry !== 'string') return [];
    const path = ['cargo', index];
    const spec = parseCrateSpec(entry);
    if (spec === undefined) {
      return [{ path, message: `is not a crate of a registry: ${redactCredentials(entry)}`, hint: EXPECTED }];
    }
    const name = plainName(spec.name);
    const earlier = first.get(name);
    if (earlier !== undefined) {
      return [{ path, message: `names ${spec.name} again, after entry ${earlier + 1}`, hint: 'keep one of the two' }];
    }
    first.set(name, index);
    return [];
  });
}
