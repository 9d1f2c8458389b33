import type { Json } from '../../core/contracts/language-pack.js';
import { redactCredentials } from '../../core/spec/redact.js';
import type { RuntimeSpec } from '../../core/spec/runtime-spec.js';
import { maskValue } from './masked.js';
import { renderTable } from './table.js';

/** The specification with the keys of runtime.yaml, defaults filled in, secrets masked. */
export function specificationDocument(spec: RuntimeSpec): Record<string, unknown> {
  return {
    schema_version: spec.schemaVersion,
    name: spec.name,
    version: spec.version,
    description: spec.description,
    base: { language: spec.base.language, version: spec.base.version },
    ...Object.fromEntries(Object.entries(spec.packValues).map(([key, value]) => [key, maskJson(value)])),
    libraries: spec.libraries,
    environment: Object.fromEntries(Object.entries(spec.environment).map(([k, v]) => [k, maskValue(k, v)])),
    requirements: {
      gpu: spec.requirements.gpu,
      ...(spec.requirements.cudaVersion === undefined ? {} : { cuda_version: spec.requirements.cudaVersion }),
      ...(spec.requirements.minMemory === undefined ? {} : { min_memory: spec.requirements.minMemory }),
    },
    platforms: spec.platforms,
    hooks: {
      timeout: spec.hooks.timeout,
      ...(spec.hooks.preInstall === undefined ? {} : { pre_install: spec.hooks.preInstall }),
      ...(spec.hooks.postInstall === undefined ? {} : { post_install: spec.hooks.postInstall }),
    },
  };
}

/** What a reader checks at a glance; fields that the spec leaves out are not shown. */
export function renderSpecification(spec: RuntimeSpec): string {
  const { requirements, hooks } = spec;
  const needs = [
    requirements.gpu ? 'GPU' : '',
    requirements.cudaVersion === undefined ? '' : `CUDA ${requirements.cudaVersion}`,
    requirements.minMemory === undefined ? '' : `${requirements.minMemory} of memory`,
  ];
  const scripts = [hooks.preInstall && 'pre_install', hooks.postInstall && 'post_install'].filter(Boolean);
  const rows: (readonly [string, string])[] = [
    ['Name:', spec.name],
    ['Version:', spec.version],
    ['Description:', spec.description],
    ['Language:', `${spec.base.language} ${spec.base.version}`],
    ...Object.entries(spec.packValues).map(([key, value]) => [`${key}:`, oneLine(maskJson(value))] as const),
    ['Libraries:', spec.libraries.join(', ')],
    [
      'Environment:',
      Object.entries(spec.environment)
        .map(([k, v]) => `${k}=${maskValue(k, v)}`)
        .join(', '),
    ],
    ['Requirements:', needs.filter(Boolean).join(', ')],
    ['Platforms:', spec.platforms.join(', ') || 'all'],
    ['Hooks:', scripts.length === 0 ? '' : `${scripts.join(', ')} (timeout ${hooks.timeout})`],
  ];
  return renderTable({ rows: rows.filter(([, value]) => value !== ''), indent: 2 });
}

function maskJson(value: Json): Json {
  if (typeof value === 'string') return redactCredentials(value);
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(maskJson);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskJson(item)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function oneLine(value: Json): string {
  if (isList(value)) return value.map(oneLine).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
