import type { PackRequest, SpecProblem } from '../../core/contracts/language-pack.js';
import { redactCredentials } from '../../core/pack-kit.js';
import { parseModuleQuery } from './module-query.js';

const EXPECTED = 'expected: MODULE or MODULE@VERSION, such as golang.org/x/text@v0.14.0';

/** The go pack's rules for `go` that a schema cannot say. */
export function checkGoSpec(request: PackRequest): readonly SpecProblem[] {
  const list = request.values['go'];
  if (!Array.isArray(list)) return [];
  const first = new Map<string, number>();
  return list.flatMap((entry: unknown, index): readonly SpecProblem[] => {
    if (typeof entry !== 'string') return [];
    const path = ['go', index];
    const query = parseModuleQuery(entry);
    if (query === undefined) {
      return [{ path, message: `is not a Go module: ${redactCredentials(entry)}`, hint: EXPECTED }];
    }
    const earlier = first.get(query.path);
    if (earlier !== undefined) {
      return [{ path, message: `names ${query.path} again, after entry ${earlier + 1}`, hint: 'keep one of the two' }];
    }
    first.set(query.path, index);
    return [];
  });
}
