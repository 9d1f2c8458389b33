import type { PackRequest, SpecProblem } from '../../core/contracts/language-pack.js';
import { parseCoordinate } from './coordinates.js';

const EXPECTED = 'expected: group:artifact:version, such as org.slf4j:slf4j-api:2.0.16';

/** The java pack's rules for `maven` that a schema cannot say. */
export function checkJavaSpec(request: PackRequest): readonly SpecProblem[] {
  const list = request.values['maven'];
  if (!Array.isArray(list)) return [];
  const first = new Map<string, number>();
  return list.flatMap((entry: unknown, index): readonly SpecProblem[] => {
    if (typeof entry !== 'string') return [];
    const path = ['maven', index];
    const coordinate = parseCoordinate(entry);
    if (coordinate === undefined) return [{ path, message: `is not a Maven coordinate: ${entry}`, hint: EXPECTED }];
    if (/-SNAPSHOT$/i.test(coordinate.version ?? '')) {
      return [{ path, message: `${entry} is a snapshot, which changes under its name`, hint: 'name a release of it' }];
    }
    const name = `${coordinate.group}:${coordinate.artifact}`;
    const earlier = first.get(name);
    if (earlier !== undefined) {
      return [{ path, message: `names ${name} again, after entry ${earlier + 1}`, hint: 'keep one of the two' }];
    }
    first.set(name, index);
    return [];
  });
}
