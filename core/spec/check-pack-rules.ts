import type { Json, LanguagePack, PackRequest, SpecProblem } from '../contracts/language-pack.js';
import { internalError } from '../errors/errors.js';
import type { RuleProblem } from './rule-problem.js';
import type { SpecPath } from './spec-position.js';
import type { Tree } from './spec-tree.js';
import { isMapping, toJson } from './tree-access.js';

/**
 * Asks the base language's pack and every pack whose keys are given. A pack sees only what its schema accepts: of a list with
 * a bad entry, the others, so that their problems are in the same report.
 */
export function checkPackRules(
  value: { readonly [key: string]: Tree },
  packs: readonly LanguagePack[],
  found: readonly RuleProblem[],
): readonly RuleProblem[] {
  const base = isMapping(value['base']) ? value['base'] : {};
  const bad = found.filter(({ severity }) => severity === 'error').map(({ path }) => path);
  return packs.flatMap((pack) => {
    const isBase = base['language'] === pack.id;
    const given = pack.keys.filter(({ name }) => value[name] !== undefined);
    if (!isBase && given.length === 0) return [];
    const parts = given.flatMap(({ name }) => acceptable(name, value[name] ?? null, bad) ?? []);
    const version = base['version'];
    const versionFits = typeof version === 'string' && !bad.some((path) => isWithin(path, ['base', 'version']));
    const request: PackRequest = {
      role: isBase ? 'base' : 'addition',
      ...(isBase && versionFits ? { version } : {}),
      values: Object.fromEntries(parts.map(({ name, json }) => [name, json])),
    };
    const problems = check(pack, request).map(
      (problem): RuleProblem => ({
        path: original(problem.path, parts),
        of: 'value',
        severity: problem.severity ?? 'error',
        message: problem.message,
        ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      }),
    );
    const known = packs.some(({ id }) => id === base['language']);
    return isBase || !known ? problems : [...problems, ...idleKeys(pack, value)];
  });
}

interface Part {
  readonly name: string;
  readonly json: Json;
  /** Of a list with entries left out: where each entry stood. */
  readonly indices?: readonly number[];
}

function acceptable(name: string, value: Tree, bad: readonly SpecPath[]): Part | undefined {
  const wrong = bad.filter((path) => isWithin(path, [name]));
  if (wrong.length === 0) return { name, json: toJson(value) };
  if (!Array.isArray(value) || wrong.some((path) => path.length < 2)) return undefined;
  const skip = new Set(wrong.map((path) => path[1]));
  const indices = value.map((_, index) => index).filter((index) => !skip.has(index));
  return { name, json: indices.map((index) => toJson(value[index] ?? null)), indices };
}

function original(path: SpecPath, parts: readonly Part[]): SpecPath {
  const [name, index, ...rest] = path;
  const indices = parts.find((part) => part.name === name)?.indices;
  if (name === undefined || typeof index !== 'number' || indices === undefined) return path;
  return [name, indices[index] ?? index, ...rest];
}

function check(pack: LanguagePack, request: PackRequest): readonly SpecProblem[] {
  try {
    return pack.checkSpec(request);
  } catch (cause) {
    throw internalError(new Error(`the ${pack.id} pack could not check the spec: ${String(cause)}`, { cause }));
  }
}

/** Options for a tool that nothing brings into this runtime. */
function idleKeys(pack: LanguagePack, value: { readonly [key: string]: Tree }): readonly RuleProblem[] {
  const lists = pack.keys.filter(({ packages }) => packages).map(({ name }) => name);
  const brings = lists.some((name) => {
    const list = value[name];
    return Array.isArray(list) ? list.length > 0 : list !== undefined;
  });
  if (brings) return [];
  return pack.keys
    .filter(({ name, packages }) => !packages && value[name] !== undefined)
    .map(({ name }) => ({
      path: [name],
      of: 'key',
      severity: 'warning',
      message: 'has no effect in this runtime',
      hint:
        lists.length === 0 ? `expected: base.language: ${pack.id}` : `expected: packages under ${lists.join(' or ')}`,
    }));
}

function isWithin(path: SpecPath, parent: SpecPath): boolean {
  return parent.every((part, index) => path[index] === part);
}
