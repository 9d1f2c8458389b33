import type { ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../contracts/language-pack.js';
import { quote } from './printable.js';
import type { RuleProblem } from './rule-problem.js';
import { childSchema, propertyNames } from './schema-walk.js';
import type { SpecPath } from './spec-position.js';
import type { Tree } from './spec-tree.js';
import { suggest } from './suggest.js';

/** Everything in which `value` differs from `schema`, in a writer's words. */
export function checkSchema(value: Tree, schema: JsonSchema): readonly RuleProblem[] {
  // The schema is the program's own. Checking it too, and optimizing code that runs once, would take longer than all the rest.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    logger: false,
    validateFormats: false,
    validateSchema: false,
    meta: false,
    code: { optimize: false },
  });
  const validate = ajv.compile(schema);
  validate(value);
  return (validate.errors ?? []).flatMap((error) => explain(error, value, schema) ?? []);
}

function explain(error: ErrorObject, value: Tree, schema: JsonSchema): RuleProblem | undefined {
  const path = pointerToPath(error.instancePath, value);
  const { title = labels(schemaAt(schema, path)).title, description } = labels(error.parentSchema);
  const expected = description === undefined ? undefined : `expected: ${description}`;
  const problem = (
    message: string,
    hint = expected,
    at: SpecPath = path,
    of: 'key' | 'value' = 'value',
  ): RuleProblem => ({
    path: at,
    of,
    severity: 'error',
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  const { params } = error;
  switch (error.keyword) {
    case 'if':
    case 'propertyNames':
      return undefined;
    case 'required': {
      const key = String(params['missingProperty']);
      const wanted = labels(childSchema(schemaAt(schema, path), key)).description;
      return problem(
        `${key} is missing`,
        wanted === undefined ? `expected: ${key}` : `expected: ${key}: ${wanted}`,
        path,
        'key',
      );
    }
    case 'additionalProperties':
      return problem(...unknownKey(String(params['additionalProperty']), path, schema), 'key');
    case 'type':
      return problem(`expected ${typeNoun(params['type'])}, found ${describe(error.data)}`);
    case 'minLength':
      return problem(params['limit'] === 1 ? 'is empty' : `is shorter than ${params['limit']} characters`);
    case 'maxLength':
      return problem(`is longer than ${params['limit']} characters`);
    case 'minItems':
      return problem('is empty');
    case 'maxItems':
      return problem(`has more than ${params['limit']} entries`);
    case 'uniqueItems': {
      const [first, second] = [Number(params['i']), Number(params['j'])].sort((a, b) => a - b);
      return problem(`the same as entry ${Number(first) + 1}`, 'expected: each entry once', [...path, Number(second)]);
    }
    case 'enum':
      return problem(`${describe(error.data)} is not a ${title ?? 'valid value'}`, withNearest(error, expected));
    default:
      if (error.propertyName !== undefined) {
        return problem(
          `${quote(error.propertyName)} is not a ${title ?? 'valid key'}`,
          expected,
          [...path, error.propertyName],
          'key',
        );
      }
      return problem(`${describe(error.data)} is not a ${title ?? 'valid value'}`);
  }
}

function unknownKey(key: string, parent: SpecPath, schema: JsonSchema): [string, string, SpecPath] {
  const here = propertyNames(schemaAt(schema, parent));
  const home = propertyNames(schema).find((name) => propertyNames(childSchema(schema, name)).includes(key));
  const nearest = suggest(key, here);
  const hint =
    nearest !== undefined
      ? `did you mean ${nearest}?`
      : home !== undefined && parent.length === 0
        ? `${key} belongs under ${home}`
        : parent.length > 0 && propertyNames(schema).includes(key)
          ? `${key} belongs at the top level, not under ${parent.join('.')}`
          : `expected: ${here.join(', ')}`;
  return ['unknown key', hint, [...parent, key]];
}

function withNearest(error: ErrorObject, expected: string | undefined): string | undefined {
  const allowed: unknown = error.params['allowedValues'];
  const names = Array.isArray(allowed) ? allowed.filter((name) => typeof name === 'string') : [];
  const nearest = typeof error.data === 'string' ? suggest(error.data, names) : undefined;
  const question = nearest === undefined ? undefined : `did you mean ${nearest}?`;
  return question === undefined || expected === undefined ? (question ?? expected) : `${question} ${expected}`;
}

function schemaAt(schema: JsonSchema, path: SpecPath): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((at, key) => childSchema(at, key), schema);
}

function labels(schema: unknown): { title?: string; description?: string } {
  if (typeof schema !== 'object' || schema === null) return {};
  const title = 'title' in schema && typeof schema.title === 'string' ? { title: schema.title } : {};
  const description =
    'description' in schema && typeof schema.description === 'string' ? { description: schema.description } : {};
  return { ...title, ...description };
}

/** RFC 6901; a number where the data has a list. */
function pointerToPath(pointer: string, value: Tree): SpecPath {
  const path: (string | number)[] = [];
  let at: Tree | undefined = value;
  for (const raw of pointer.split('/').slice(1)) {
    const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) {
      path.push(Number(part));
      at = at[Number(part)];
    } else {
      path.push(part);
      at = typeof at === 'object' && at !== null ? at[part] : undefined;
    }
  }
  return path;
}

function typeNoun(type: unknown): string {
  const nouns: Readonly<Record<string, string>> = {
    string: 'text',
    array: 'a list',
    object: 'a mapping',
    boolean: 'true or false',
    number: 'a number',
    integer: 'a whole number',
  };
  return nouns[String(type)] ?? String(type);
}

/** A value in a message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : String(value);
}
