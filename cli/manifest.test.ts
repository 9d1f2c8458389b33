import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BaseCommand } from './base-command.js';

// oclif reads the manifest instead of the commands: where it is old, help and flags are wrong. `npm run build` writes it.
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('commands', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}/oclif.manifest.json`, 'utf8'));

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
  .map((entry) => `${entry.parentPath}/${entry.name}`);

function idOf(file: string): string {
  return relative(folder, file).replace(/\.ts$/, '').replaceAll('/', ':');
}

/** What a user sees of a flag or argument. */
function facts(definitions: Record<string, Record<string, unknown>>, except: readonly string[] = []): unknown {
  const shown = [
    'char',
    'description',
    'env',
    'helpValue',
    'multiple',
    'options',
    'required',
    'summary',
    'type',
  ].filter((key) => !except.includes(key));
  return Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      Object.fromEntries(shown.map((key) => [key, definition[key] || undefined])),
    ]),
  );
}

describe('oclif.manifest.json', () => {
  it('is of this version and has exactly the commands that there are', () => {
    const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
    expect(manifest.version).toBe(version);
    expect(Object.keys(manifest.commands).sort()).toEqual(files.map(idOf).sort());
  });

  it.each(files)('is current for %s', async (file) => {
    const { default: command } = await import(pathToFileURL(file).href);
    expect(command.prototype).toBeInstanceOf(BaseCommand);
    const known = manifest.commands[idOf(file)];
    for (const key of ['summary', 'description', 'usage', 'examples', 'strict', 'enableJsonFlag', 'hidden']) {
      expect({ [key]: known[key] || undefined }).toEqual({ [key]: command[key] || undefined });
    }
    const { json, ...flags } = known.flags;
    expect(json).toBeDefined();
    expect(facts(flags)).toEqual(facts({ ...command.baseFlags, ...command.flags }));
    expect(facts(known.args, ['type'])).toEqual(facts(command.args ?? {}, ['type']));
  });
});
