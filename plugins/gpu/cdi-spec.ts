import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/**
 * The Container Device Interface (cncf-tags/container-device-interface, SPEC.md): files in which a vendor says what makes its
 * devices work in a container. What we do not know of a file is passed over, what is wrong in it makes it unreadable.
 */
export interface CdiDevice {
  /** `nvidia.com/gpu=0`. */
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly edits: CdiEdits;
}

export interface CdiEdits {
  readonly env: readonly string[];
  readonly nodes: readonly CdiPath[];
  readonly mounts: readonly CdiPath[];
  readonly hooks: readonly CdiHook[];
}

export interface CdiPath {
  readonly hostPath: string;
  readonly containerPath: string;
}

export interface CdiHook {
  readonly stage: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
}

/** Later directories go before earlier ones, as the specification says. */
export const CDI_DIRECTORIES = ['/etc/cdi', '/var/run/cdi'] as const;

export interface CdiContents {
  readonly devices: readonly CdiDevice[];
  /** Files that are not as they should be, each with the reason. */
  readonly unreadable: readonly string[];
}

export function readCdi(directories: readonly string[]): CdiContents {
  const devices = new Map<string, CdiDevice>();
  const unreadable: string[] = [];
  for (const file of directories.flatMap(specFiles)) {
    try {
      for (const device of devicesOf(parse(readFileSync(file, 'utf8')))) devices.set(device.id, device);
    } catch (error) {
      unreadable.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { devices: [...devices.values()], unreadable };
}

function specFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /\.(json|ya?ml)$/.test(name))
      .sort()
      .map((name) => path.join(directory, name));
  } catch {
    return [];
  }
}

function devicesOf(document: unknown): CdiDevice[] {
  const spec = record(document, 'the document');
  const kind = text(spec['kind'], 'kind');
  const common = editsOf(spec['containerEdits']);
  return list(spec['devices'], 'devices').map((entry) => {
    const device = record(entry, 'a device');
    const name = text(device['name'], 'the name of a device');
    return { id: `${kind}=${name}`, kind, name, edits: joinEdits([common, editsOf(device['containerEdits'])]) };
  });
}

export function joinEdits(parts: readonly CdiEdits[]): CdiEdits {
  return {
    env: [...new Set(parts.flatMap(({ env }) => env))],
    nodes: unique(parts.flatMap(({ nodes }) => nodes)),
    mounts: unique(parts.flatMap(({ mounts }) => mounts)),
    hooks: unique(parts.flatMap(({ hooks }) => hooks)),
  };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function editsOf(value: unknown): CdiEdits {
  const edits = value === undefined || value === null ? {} : record(value, 'containerEdits');
  return {
    env: texts(edits['env'], 'env'),
    nodes: list(edits['deviceNodes'], 'deviceNodes').map((entry) => {
      const node = record(entry, 'a device node');
      const containerPath = absolute(node['path'], 'the path of a device node');
      return { containerPath, hostPath: absolute(node['hostPath'] ?? containerPath, 'hostPath') };
    }),
    mounts: list(edits['mounts'], 'mounts').map((entry) => {
      const mount = record(entry, 'a mount');
      return {
        hostPath: absolute(mount['hostPath'], 'hostPath'),
        containerPath: absolute(mount['containerPath'], 'containerPath'),
      };
    }),
    hooks: list(edits['hooks'], 'hooks').map((entry) => {
      const hook = record(entry, 'a hook');
      return {
        stage: text(hook['hookName'], 'hookName'),
        path: absolute(hook['path'], 'the path of a hook'),
        args: texts(hook['args'], 'args'),
        env: texts(hook['env'], 'env'),
      };
    }),
  };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no mapping`);
  return { ...value };
}

function list(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`${what} is no list`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) throw new Error(`${what} is no text`);
  return value;
}

function texts(value: unknown, what: string): string[] {
  return list(value, what).map((entry) => text(entry, `an entry of ${what}`));
}

function absolute(value: unknown, what: string): string {
  const found = text(value, what);
  if (!found.startsWith('/') || found.split('/').includes('..'))
    throw new Error(`${what} is no absolute path: ${found}`);
  return found;
}
