// The JSON Schema (draft 2020-12) of a runtime.yaml: core's part and what each pack contributes. Two conventions: `title`
// names the thing in messages ("… is not a runtime name"), `description` says what is expected.
import type { JsonSchema, LanguagePack } from '../contracts/language-pack.js';
import { DURATION_PATTERN } from './duration.js';
import { PLATFORM_ARCHITECTURES, PLATFORM_DISTRIBUTIONS, PLATFORM_NAMES } from './platform-names.js';
import { SIZE_PATTERN } from './size.js';

/** What the schema needs to know of a pack. */
export type SchemaPack = Pick<LanguagePack, 'id' | 'title' | 'keys' | 'versionSchema'>;

const NUMBER_PART = '(?:0|[1-9]\\d{0,8})';

const SOURCE_ID: JsonSchema = {
  type: 'string',
  title: 'id of a source',
  pattern: '^[a-z][a-z0-9.-]{0,63}$',
  description: 'lowercase letters, digits, dots and hyphens, such as releases',
};

/** Core's own fields, in the order of the reference; packs' keys come after `base`. */
const head: Readonly<Record<string, JsonSchema>> = {
  schema_version: { type: 'string', title: 'schema version', const: '1.0', description: '"1.0"' },
  name: {
    type: 'string',
    title: 'runtime name',
    maxLength: 64,
    pattern: '^(?!.*\\.\\.)[a-z0-9][a-z0-9.-]*$',
    description:
      'lowercase letters, digits, hyphens and dots, at most 64, a letter or digit first, no two dots in a row; such as my-runtime-1.0',
  },
  version: {
    type: 'string',
    title: 'version',
    pattern: `^${NUMBER_PART}\\.${NUMBER_PART}\\.${NUMBER_PART}$`,
    description: 'X.Y.Z, three numbers, such as 1.0.0',
  },
  description: {
    type: 'string',
    title: 'description',
    minLength: 1,
    maxLength: 256,
    pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$',
    description: 'text of 1 to 256 characters',
  },
};

const tail: Readonly<Record<string, JsonSchema>> = {
  libraries: {
    type: 'array',
    title: 'list of libraries',
    maxItems: 1000,
    description: 'a list of patterns for library files, such as - libopenblas*',
    items: {
      type: 'string',
      title: 'pattern for a library file',
      minLength: 1,
      maxLength: 128,
      pattern: '^(?!\\.{1,2}$)[A-Za-z0-9_+.,*?\\[\\]{}^-]+$',
      description: 'the name of a file, not a path, in which *, ?, [abc] and {a,b} are wildcards; such as libopenblas*',
    },
  },
  environment: {
    type: 'object',
    title: 'environment',
    description: 'a mapping of variables to text, such as MY_VAR: "value"',
    propertyNames: {
      title: 'name that a variable may have',
      pattern: '^(?!JOB_|JOBLET_)[A-Za-z_][A-Za-z0-9_]*$',
      description:
        'letters, digits and underscores, no digit first; JOB_ and JOBLET_ begin the names that joblet sets itself',
    },
    additionalProperties: {
      type: 'string',
      title: 'value of a variable',
      maxLength: 131_071,
      description: 'text; "" for an empty value',
    },
  },
  requirements: {
    type: 'object',
    title: 'requirements',
    description: 'a mapping with gpu, cuda_version, min_memory',
    additionalProperties: false,
    properties: {
      gpu: { type: 'boolean', title: 'answer', description: 'true or false, without quotes' },
      cuda_version: {
        type: 'string',
        title: 'CUDA version',
        pattern: '^\\d{1,3}(?:\\.\\d{1,3}){0,2}$',
        description: 'a version such as "12.0"',
      },
      min_memory: {
        type: 'string',
        title: 'size',
        pattern: SIZE_PATTERN,
        description: 'a number and KB, MB, GB or TB, such as "256MB"',
      },
    },
  },
  platforms: {
    type: 'array',
    title: 'list of platforms',
    uniqueItems: true,
    description: 'a list such as - ubuntu-amd64; without it, every platform',
    items: {
      type: 'string',
      title: 'platform',
      enum: PLATFORM_NAMES,
      description: `DISTRO-ARCH: ${PLATFORM_DISTRIBUTIONS.join(', ')}; ${PLATFORM_ARCHITECTURES.join(', ')}`,
    },
  },
  hooks: {
    type: 'object',
    title: 'hooks',
    description: 'a mapping with timeout, pre_install, post_install',
    additionalProperties: false,
    properties: {
      timeout: {
        type: 'string',
        title: 'duration',
        pattern: DURATION_PATTERN,
        description: 'a duration such as "20m", "90s" or "1h30m"',
      },
      pre_install: { type: 'string', title: 'script', description: 'a shell script, after pre_install: |' },
      post_install: { type: 'string', title: 'script', description: 'a shell script, after post_install: |' },
    },
  },
};

/** The whole schema for these packs. */
export function composeSchema(packs: readonly SchemaPack[]): JsonSchema {
  const packKeys = packs.flatMap((pack) => pack.keys.map((key): [string, JsonSchema] => [key.name, key.schema]));
  const languages = packs.map((pack) => pack.id);
  const base: JsonSchema = {
    type: 'object',
    title: 'base',
    description: 'a mapping with language and version',
    additionalProperties: false,
    required: ['language', 'version'],
    properties: {
      language: {
        type: 'string',
        title: 'language that this joblet can build',
        ...(languages.length === 0 ? { not: {} } : { enum: languages }),
        description: languages.length === 0 ? 'an installed language pack' : languages.join(', '),
      },
      version: { type: 'string', title: 'language version', description: 'the version of the language, in quotes' },
      source: {
        title: 'source of the language',
        description:
          'the id of a source such as releases or trixie, or a list of them in the order to ask; rnx runtime versions shows them',
        anyOf: [SOURCE_ID, { type: 'array', minItems: 1, maxItems: 50, uniqueItems: true, items: SOURCE_ID }],
      },
    },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'runtime.yaml',
    description: 'a mapping: schema_version, name, version, description, base and more',
    type: 'object',
    additionalProperties: false,
    required: ['schema_version', 'name', 'version', 'description', 'base'],
    properties: { ...head, base, ...Object.fromEntries(packKeys), ...tail },
    ...(packs.length === 0 ? {} : { allOf: packs.map(versionRule) }),
  };
}

/** `base.version` of one language. */
function versionRule(pack: SchemaPack): JsonSchema {
  return {
    if: {
      required: ['base'],
      properties: { base: { required: ['language'], properties: { language: { const: pack.id } } } },
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { base: { properties: { version: pack.versionSchema } } } },
  };
}
