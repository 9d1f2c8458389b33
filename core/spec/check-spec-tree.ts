import type { JsonSchema, LanguagePack } from '../contracts/language-pack.js';
import { checkPackRules } from './check-pack-rules.js';
import { checkSchema, describe } from './check-schema.js';
import { parseDuration } from './duration.js';
import type { RuleProblem } from './rule-problem.js';
import { childSchema, expectedType } from './schema-walk.js';
import { parseSize } from './size.js';
import type { Tree } from './spec-tree.js';
import { isMapping } from './tree-access.js';

/** Timers of the platform end at 24.8 days; a build step that takes a week is stuck. */
const MAX_TIMEOUT_MS = 7 * 24 * 3_600_000;

export interface CheckedTree {
  readonly problems: readonly RuleProblem[];
  /** About values that have no problem among `problems`; there may be several about one. */
  readonly packProblems: readonly RuleProblem[];
  /** The data without what is only warned about; undefined when it is no mapping at all. */
  readonly value: { readonly [key: string]: Tree } | undefined;
}

/** Holds the data of a spec against every rule: the schema's, core's own and the packs'. */
export function checkSpecTree(tree: Tree, schema: JsonSchema, packs: readonly LanguagePack[]): CheckedTree {
  if (!isMapping(tree)) {
    const message = `expected a mapping, found ${describe(tree)}`;
    const hint = `expected: keys such as schema_version: "1.0", each followed by a colon and a value`;
    return {
      problems: [{ path: [], of: 'value', severity: 'error', message, hint }],
      packProblems: [],
      value: undefined,
    };
  }
  const problems: RuleProblem[] = [];
  const value: { [key: string]: Tree } = Object.assign(Object.create(null), tree);
  for (const key of emptySections(value, schema)) {
    problems.push({
      path: [key],
      of: 'key',
      severity: 'warning',
      message: 'has no value; taken as not given',
      hint: `expected: ${key} with a value, or no ${key}`,
    });
    delete value[key];
  }
  problems.push(...checkSchema(value, schema), ...checkAmounts(value));
  return { problems, packProblems: checkPackRules(value, packs, problems), value };
}

/** Lists and mappings whose entries are all commented out: harmless, and common. */
function emptySections(value: { readonly [key: string]: Tree }, schema: JsonSchema): readonly string[] {
  const required: unknown = schema['required'];
  return Object.keys(value).filter((key) => {
    const type = expectedType(childSchema(schema, key));
    return (
      value[key] === null &&
      (type === 'array' || type === 'object') &&
      !(Array.isArray(required) && required.includes(key))
    );
  });
}

/** Amounts that a pattern cannot judge. */
function checkAmounts(value: { readonly [key: string]: Tree }): readonly RuleProblem[] {
  const { hooks, requirements } = value;
  const problems: RuleProblem[] = [];
  const timeout = isMapping(hooks) ? hooks['timeout'] : undefined;
  const timeoutMs = typeof timeout === 'string' ? parseDuration(timeout) : undefined;
  if (timeoutMs !== undefined && (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)) {
    problems.push({
      path: ['hooks', 'timeout'],
      of: 'value',
      severity: 'error',
      message: `${describe(timeout)} is ${timeoutMs < 1 ? 'no time at all' : 'more than a week'}`,
      hint: 'expected: a duration such as "20m", more than 0 and at most 168h',
    });
  }
  const memory = isMapping(requirements) ? requirements['min_memory'] : undefined;
  if (typeof memory === 'string' && parseSize(memory) === 0) {
    problems.push({
      path: ['requirements', 'min_memory'],
      of: 'value',
      severity: 'error',
      message: `${describe(memory)} is no memory at all`,
      hint: 'expected: a size such as "256MB"',
    });
  }
  return problems;
}
