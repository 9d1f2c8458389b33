import type { JsonSchema } from '../contracts/language-pack.js';
import { DURATION_PATTERN } from '../spec/duration.js';

// The JSON Schema of config/config.yml, with the conventions of runtime.yaml's: `title` names the thing in messages,
// `description` says what is expected.

const NONE = 'none';
const SIZE = '^\\d{1,9}(?:\\.\\d{1,3})? ?[KMGT]i?B$';

function count(title: string, example: number): JsonSchema {
  return {
    title,
    anyOf: [{ type: 'integer', minimum: 1 }, { const: NONE }],
    description: `a number such as ${example}, or ${NONE}`,
  };
}

function size(title: string, example: string): JsonSchema {
  return { type: 'string', title, pattern: `${SIZE}|^${NONE}$`, description: `a size such as ${example}, or ${NONE}` };
}

function duration(title: string, example: string): JsonSchema {
  return {
    type: 'string',
    title,
    pattern: `${DURATION_PATTERN}|^${NONE}$`,
    description: `a duration such as ${example}, or ${NONE}`,
  };
}

function section(title: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const names = Object.keys(properties).join(', ');
  return { type: 'object', title, description: `a mapping with ${names}`, additionalProperties: false, properties };
}

function named(title: string, description: string, pattern: string): JsonSchema {
  return {
    type: 'object',
    title,
    description: `a mapping of names, each to ${description}`,
    propertyNames: {
      title: 'name',
      pattern: '^[a-z][a-z0-9-]*$',
      description: 'lowercase letters, digits and hyphens',
    },
    additionalProperties: { type: 'string', title: 'entry', pattern, description },
  };
}

const limits: Readonly<Record<string, JsonSchema>> = {
  max_cpu: count('percentage', 100),
  max_memory: size('size', '512MB'),
  max_iobps: size('size', '10MB'),
  max_pids: count('number of processes', 512),
  max_disk: size('size', '1GB'),
  max_inodes: count('number of files', 65_536),
  max_output: size('size', '100MB'),
  timeout: duration('duration', '1h'),
};

const flag: JsonSchema = { type: 'boolean', title: 'answer', description: 'true or false, without quotes' };

export const CONFIG_SCHEMA: JsonSchema = section('configuration', {
  run: section('run', {
    detach: flag,
    network: {
      type: 'string',
      title: 'network',
      enum: ['none', 'isolated', 'host'],
      description: 'none, isolated or host',
    },
  }),
  defaults: section('defaults', limits),
  ceilings: section('ceilings', limits),
  network: section('network', { allow_host: flag }),
  jobs: section('jobs', {
    log_size: { type: 'string', title: 'size', pattern: SIZE, description: 'a size such as 128MB' },
    retention: { type: 'string', title: 'duration', pattern: DURATION_PATTERN, description: 'a duration such as 168h' },
  }),
  toolchains: section('toolchains', {
    sources: {
      type: 'array',
      title: 'list of sources',
      uniqueItems: true,
      description: 'a list such as - distribution',
      items: {
        type: 'string',
        title: 'source',
        minLength: 1,
        description: 'the id of a source; rnx runtime versions shows them',
      },
    },
    addresses: named(
      'addresses',
      'an address such as https://mirror.example.com/ubuntu',
      '^(?:https?|file)://[^\\s]+$',
    ),
    keyrings: named('keyrings', 'the path of a file of public keys', '^/'),
  }),
  plugins: section('plugins', { project: flag }),
});
