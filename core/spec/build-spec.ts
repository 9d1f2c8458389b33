import type { LanguagePack } from '../contracts/language-pack.js';
import { parseDuration } from './duration.js';
import type { RuntimeSpec } from './runtime-spec.js';
import { parseSize } from './size.js';
import type { Tree } from './spec-tree.js';
import { isMapping, toJson } from './tree-access.js';

const DEFAULT_TIMEOUT = '20m';

type Mapping = { readonly [key: string]: Tree };

/** The typed spec of data that every check has passed, defaults filled in. */
export function buildSpec(value: Mapping, packs: readonly LanguagePack[]): RuntimeSpec {
  const base = mapping(value['base']);
  const requirements = mapping(value['requirements']);
  const hooks = mapping(value['hooks']);
  const source = base['source'];
  const timeout = text(hooks['timeout']) ?? DEFAULT_TIMEOUT;
  const cudaVersion = text(requirements['cuda_version']);
  const minMemory = text(requirements['min_memory']);
  const minMemoryBytes = minMemory === undefined ? undefined : parseSize(minMemory);
  const preInstall = script(hooks['pre_install']);
  const postInstall = script(hooks['post_install']);
  return {
    schemaVersion: '1.0',
    name: text(value['name']) ?? '',
    version: text(value['version']) ?? '',
    description: text(value['description']) ?? '',
    base: {
      language: text(base['language']) ?? '',
      version: text(base['version']) ?? '',
      ...(source === undefined ? {} : { sources: typeof source === 'string' ? [source] : texts(source) }),
    },
    packValues: Object.fromEntries(
      packs.flatMap((pack) =>
        pack.keys.flatMap(({ name }) => {
          const given = value[name];
          return given === undefined ? [] : [[name, toJson(given)] as const];
        }),
      ),
    ),
    libraries: texts(value['libraries']),
    environment: Object.fromEntries(
      Object.entries(mapping(value['environment'])).map(([name, content]) => [name, text(content) ?? '']),
    ),
    requirements: {
      gpu: requirements['gpu'] === true,
      ...(cudaVersion === undefined ? {} : { cudaVersion }),
      ...(minMemoryBytes === undefined ? {} : { minMemoryBytes }),
      ...(minMemory === undefined ? {} : { minMemory }),
    },
    platforms: texts(value['platforms']),
    hooks: {
      timeoutMs: parseDuration(timeout) ?? 0,
      timeout,
      ...(preInstall === undefined ? {} : { preInstall }),
      ...(postInstall === undefined ? {} : { postInstall }),
    },
  };
}

function mapping(value: Tree | undefined): Mapping {
  return isMapping(value) ? value : {};
}

function text(value: Tree | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: Tree | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A script of nothing but white space is no hook. */
function script(value: Tree | undefined): string | undefined {
  const content = text(value);
  return content === undefined || content.trim() === '' ? undefined : content;
}
