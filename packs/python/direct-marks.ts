import { createHash } from 'node:crypto';
import { appendFileSync, chownSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import { readPlainFile } from '../../core/pack-kit.js';
import type { PipItem } from './pip-report.js';

/**
 * What pip notes beside a package about *this* installation: that it was asked for (REQUESTED), and from which address
 * (direct_url.json, PEP 610). A unit serves every runtime, so this is written into the layer, and RECORD with it.
 */
export function markInstallation(item: PipItem, unit: string, layerDir: string, ids: IdMap): void {
  const marks: { readonly name: string; readonly content: string }[] = [];
  if (item.requested) marks.push({ name: 'REQUESTED', content: '' });
  if (item.directUrl !== null) marks.push({ name: 'direct_url.json', content: JSON.stringify(item.directUrl) });
  const info = distInfoOf(unit);
  if (info === undefined || marks.length === 0) return;

  const own = (file: string) => chownSync(file, ids.hostStart, ids.hostStart);
  const record = path.join(layerDir, info, 'RECORD');
  // A copy under another name first: the linked file is the unit's, and must not change.
  const fresh = `${record}.new`;
  // What a program in a root made of the unit may be a link to the host, and `fresh` a name that the unit has too.
  rmSync(fresh, { force: true });
  writeFileSync(fresh, readPlainFile(path.join(unit, info, 'RECORD')), { mode: 0o644, flag: 'wx' });
  for (const { name, content } of marks) {
    const file = path.join(layerDir, info, name);
    // From an installation before this one. It may be a link, which is not to be written through.
    rmSync(file, { force: true });
    writeFileSync(file, content, { mode: 0o644, flag: 'wx' });
    own(file);
    const hash = createHash('sha256').update(content).digest('base64url');
    appendFileSync(fresh, `${path.basename(info)}/${name},sha256=${hash},${Buffer.byteLength(content)}\n`);
  }
  own(fresh);
  renameSync(fresh, record);
}

/** The package's metadata directory, relative to the unit: at the end of the only way down. */
function distInfoOf(unit: string): string | undefined {
  const search = (relative: string, depth: number): string | undefined => {
    const names = readdirSync(path.join(unit, relative), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const info = names.find((entry) => entry.name.endsWith('.dist-info'));
    if (info) return path.join(relative, info.name);
    if (depth === 0) return undefined;
    for (const entry of names) {
      const found = search(path.join(relative, entry.name), depth - 1);
      if (found) return found;
    }
    return undefined;
  };
  return search('', 6);
}
