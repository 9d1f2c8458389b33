import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { inject } from 'vitest';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const rnxPath = path.join(repository, 'cli/bin/rnx.js');

export interface RnxOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** The Node.js program. @default 'node' */
  readonly node?: string;
}

/** Starts the real `rnx` in a process of its own, over the tests' store unless JOBLET_ROOT says otherwise. */
export function rnx(args: readonly string[], options: RnxOptions = {}) {
  return execa(options.node ?? 'node', [rnxPath, ...args], {
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    env: { JOBLET_ROOT: inject('store'), OCLIF_SKIP_NEW_VERSION_CHECK: 'true', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
  });
}

export type RnxProcess = ReturnType<typeof rnx>;

/** A folder with a runtime.yaml of this text. */
export function specFolder(yaml: string): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'spec-'));
  writeFileSync(path.join(dir, 'runtime.yaml'), yaml);
  return dir;
}

export interface SpecParts {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** More YAML, top level. */
  readonly rest?: string;
}

/** A python 3.11 runtime: its base and language are what all tests share. */
export function pythonSpec({ name, version = '1.0.0', description = 'made by a test', rest = '' }: SpecParts): string {
  return `schema_version: "1.0"
name: ${name}
version: ${version}
description: ${description}
base:
  language: python
  version: "3.11"
${rest}`;
}
