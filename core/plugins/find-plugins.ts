import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { exports as exportsOf, legacy } from 'resolve.exports';

/** What marks a package as a plugin. */
export const PLUGIN_KEYWORD = 'joblet-plugin';

/** A place where plugins are: a folder of packages, or one package. */
export interface PluginPlace {
  /** As lists call it: `store`, `project`. */
  readonly from: string;
  readonly dir: string;
}

/** A package that wants to be a plugin. */
export interface FoundPlugin {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly from: string;
  readonly dir: string;
  /** The version of joblet that it says it needs. */
  readonly wants?: string;
  /** What is loaded, or why nothing can be. */
  readonly entry: { readonly file: string } | { readonly problem: string };
}

/** The packages of a folder: `NAME` and `@SCOPE/NAME`, by name. A folder that is not there has none. */
export function findPlugins(place: PluginPlace, trusted: readonly number[]): readonly FoundPlugin[] {
  const names = subdirectories(place.dir).flatMap((name) =>
    name.startsWith('@') ? subdirectories(path.join(place.dir, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  const unsafe = names.length === 0 ? undefined : whyUnsafe(place.dir, trusted);
  return names
    .filter((name) => name !== 'node_modules')
    .map((name) => {
      const found = readPlugin({ from: place.from, dir: path.join(place.dir, name) }, trusted);
      return unsafe === undefined ? found : { ...found, entry: { problem: unsafe } };
    });
}

/** One package, whatever is wrong with it. */
export function readPlugin({ from, dir }: PluginPlace, trusted: readonly number[]): FoundPlugin {
  const facts = { from, dir, name: path.basename(dir), version: '' };
  const without = (problem: string): FoundPlugin => ({ ...facts, entry: { problem } });
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return without(missing ? 'it has no package.json' : `its package.json cannot be read: ${reasonOf(error)}`);
  }
  if (!isRecord(manifest)) return without('its package.json is no object');
  const { name, version, description, keywords, peerDependencies } = manifest;
  if (typeof name !== 'string' || name === '') return without('its package.json has no name');
  const wants = isRecord(peerDependencies) ? peerDependencies['joblet'] : undefined;
  return {
    ...facts,
    name,
    version: typeof version === 'string' ? version : '',
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof wants === 'string' ? { wants } : {}),
    entry: entryOf(dir, manifest, keywords, trusted),
  };
}

function entryOf(
  dir: string,
  manifest: Record<string, unknown>,
  keywords: unknown,
  trusted: readonly number[],
): FoundPlugin['entry'] {
  if (!Array.isArray(keywords) || !keywords.includes(PLUGIN_KEYWORD))
    return { problem: `its package.json has no keyword ${PLUGIN_KEYWORD}` };
  const unsafe = whyUnsafe(dir, trusted);
  if (unsafe !== undefined) return { problem: unsafe };
  const relative = mainOf(manifest);
  if (relative === undefined) return { problem: 'its package.json exports no module' };
  const file = path.resolve(dir, relative);
  if (!existsSync(file)) return { problem: `${relative}, which its package.json names, is not there: is it compiled?` };
  // Node looks for what it imports from where the file really is.
  return { file: realpathSync(file) };
}

function mainOf(manifest: Record<string, unknown>): string | undefined {
  try {
    if (manifest['exports'] !== undefined) return exportsOf(manifest, '.')?.[0];
  } catch {
    return undefined;
  }
  const main = legacy(manifest, { browser: false, fields: ['main'] });
  return typeof main === 'string' ? main : 'index.js';
}

/** A plugin is run by root: nobody else may be able to change it. */
function whyUnsafe(dir: string, trusted: readonly number[]): string | undefined {
  let facts: Stats;
  try {
    facts = statSync(dir);
  } catch (error) {
    return `${dir} cannot be read: ${reasonOf(error)}`;
  }
  if (!trusted.includes(facts.uid)) return `${dir} belongs to another user, ${facts.uid}, whose code is not run`;
  return (facts.mode & 0o002) === 0 ? undefined : `${dir} can be written to by every user`;
}

function subdirectories(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
