import { lstatSync } from 'node:fs';
import { chown, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, type TomlTable, type TomlValue } from 'smol-toml';
import type { IdMap } from '../../core/contracts/id-map.js';
import { readPlainFile } from '../../core/pack-kit.js';
import { makeRootDirectory } from './link-tree.js';
import type { LockedCrate } from './plan-data.js';

/**
 * A crate that is compiled on other platforms alone: cargo reads its manifest to resolve, and looks whether the files are there that it
 * names. The sources of Windows' interfaces are hundreds of megabytes.
 */
export async function writeStub(crate: LockedCrate, from: string, to: string, ids: IdMap): Promise<void> {
  const manifest = readPlainFile(path.join(from, 'Cargo.toml')).toString('utf8');
  const files = new Map([
    ...targetFiles(parse(manifest)).map((name): [string, string] => [name, '']),
    ...(isFile(path.join(from, 'build.rs')) ? [['build.rs', ''] as const] : []),
    ['Cargo.toml', manifest] as const,
    ['.cargo-checksum.json', JSON.stringify({ files: {}, package: crate.checksum })] as const,
  ]);
  makeRootDirectory(to, ids);
  for (const [name, text] of files) {
    const file = path.join(to, name);
    let dir = to;
    for (const part of path
      .dirname(name)
      .split('/')
      .filter((one) => one !== '.')) {
      dir = path.join(dir, part);
      makeRootDirectory(dir, ids);
    }
    await rm(file, { force: true });
    await writeFile(file, text, { mode: 0o644 });
    await chown(file, ids.hostStart, ids.hostStart);
  }
}

/** Paths of a manifest's targets that lie in the crate, and that of a library in any case. */
function targetFiles(manifest: TomlTable): readonly string[] {
  const lists = ['bin', 'example', 'test', 'bench'].flatMap((kind) => {
    const list = manifest[kind];
    return Array.isArray(list) ? list : [];
  });
  const named = [manifest['lib'], ...lists].map((target) => textOf(target, 'path'));
  const paths = ['src/lib.rs', textOf(manifest['package'], 'build'), ...named];
  return paths.flatMap((name) => {
    if (name === undefined) return [];
    const normal = path.posix.normalize(name);
    return path.posix.isAbsolute(normal) || normal.startsWith('..') ? [] : [normal];
  });
}

function textOf(value: TomlValue | undefined, key: string): string | undefined {
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof Date) return undefined;
  const text = value[key];
  return typeof text === 'string' ? text : undefined;
}

function isFile(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
