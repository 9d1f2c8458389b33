import type { JsonSchema } from '../contracts/language-pack.js';
import { API_VERSION } from '../contracts/plugin.js';
import { FUNCTION } from './sketch-plugin.js';

// The JSON Schema of a plugin's sketch, with the conventions of runtime.yaml's: `title` names the thing in messages, `description`
// says what is expected.

const text: JsonSchema = { type: 'string', minLength: 1, title: 'text', description: 'text' };
const method: JsonSchema = { const: FUNCTION, title: 'function', description: 'a function' };
const texts: JsonSchema = { type: 'array', title: 'list', description: 'a list of text', items: text };

function id(title: string, pattern: string, description: string): JsonSchema {
  return { type: 'string', title, pattern, description };
}

const kebab = (title: string) =>
  id(title, '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$', 'small letters, digits and hyphens, a letter first');

function thing(title: string, members: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []) {
  return {
    type: 'object',
    title,
    description: `a ${title}, or a function that makes one`,
    required: Object.keys(members).filter((name) => !optional.includes(name)),
    properties: members,
  } satisfies JsonSchema;
}

function list(title: string, items: JsonSchema): JsonSchema {
  return { type: 'array', title, description: `a list: ${title}`, items };
}

const schema: JsonSchema = { type: ['object', 'boolean'], title: 'JSON Schema', description: 'a JSON Schema' };

const key = thing('key of runtime.yaml', {
  name: id('key', '^[a-z][a-z0-9_]*$', 'small letters, digits and underscores, a letter first'),
  schema,
  packages: { type: 'boolean', title: 'answer', description: 'true or false' },
});

const pack = thing(
  'language pack',
  {
    id: kebab('id'),
    title: text,
    keys: list('keys', key),
    programs: texts,
    versionSchema: schema,
    knownVersions: texts,
    drop: texts,
    keep: texts,
    checkSpec: method,
    distributionPackages: method,
    plan: method,
    prefetch: method,
    hookAccess: method,
    setUp: method,
    install: method,
    environment: method,
    smokeTest: method,
  },
  ['programs', 'keep', 'prefetch', 'hookAccess', 'setUp'],
);

const phase = thing('phase', {
  number: { type: 'number', exclusiveMinimum: 0, title: 'phase number', description: 'a number such as 13.5' },
  id: kebab('id'),
  title: text,
  description: text,
  run: method,
});

const wrapper = thing('wrapper of a phase', {
  id: kebab('id'),
  wrap: method,
  wrapped: thing('phase', { run: method }),
});

const platform = thing('platform adapter', {
  family: kebab('family'),
  authorities: { type: 'object', title: 'paths', description: 'paths of certificate authorities' },
  detect: method,
  suites: method,
  available: method,
  resolve: method,
  bootstrap: method,
  unpackToolRoot: method,
  install: method,
  ownership: method,
});

const source = thing(
  'toolchain source',
  {
    id: kebab('id'),
    title: text,
    order: { type: 'number', title: 'order', description: 'a number' },
    serves: method,
    list: method,
    resolve: method,
    unpack: method,
  },
  ['unpack'],
);

export const PLUGIN_SCHEMA: JsonSchema = {
  type: 'object',
  title: 'plugin',
  description: 'an object with apiVersion, name and what the plugin brings',
  required: ['apiVersion', 'name'],
  additionalProperties: false,
  properties: {
    apiVersion: { type: 'integer', title: 'version of the plugin interface', description: String(API_VERSION) },
    name: text,
    packs: list('language packs', pack),
    phases: list('phases', phase),
    wrapPhases: list('wrappers of phases', wrapper),
    platforms: list('platform adapters', platform),
    toolchainSources: list('toolchain sources', source),
  },
};
