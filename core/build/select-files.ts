import picomatch from 'picomatch';
import type { PackageOwnership } from '../contracts/platform-adapter.js';
import { resolveLink, type TreeEntry } from './root-tree.js';

/** What a build makes on the way, whoever owns it: no part of a runtime. */
const ALWAYS_RESIDUE = [
  '/tmp/**',
  '/var/tmp/**',
  '/var/log/**',
  '/var/cache/**',
  '/root/.cache/**',
  '/root/.npm/**',
  '/root/.cargo/registry/**',
  '/usr/local/share/ca-certificates/**',
  '**/.wh..*',
];

/**
 * Which paths of a finished root the runtime keeps: all that packages of the runtime own, and all that no package owns (what
 * scripts, packs and hooks made); not what only packages of the build own (compilers, headers), nor residue, nor what the packs drop
 * and none of them wants kept.
 */
export function selectFiles(
  tree: ReadonlyMap<string, TreeEntry>,
  ownership: PackageOwnership,
  drop: readonly string[],
  keep: readonly string[] = [],
): ReadonlySet<string> {
  const options = { dot: true };
  const isResidue = picomatch([...ALWAYS_RESIDUE, ...ownership.residue], options);
  const isDropped = picomatch([...drop], options);
  const isWanted = picomatch([...keep], options);
  const selected = new Set<string>();
  for (const entry of tree.values()) {
    if (entry.type === 'directory') continue;
    const owner = ownership.owned.get(entry.path);
    if (owner === 'drop' || isResidue(entry.path)) continue;
    // A pack drops from packages, not from what a hook put there.
    if (owner === 'keep' && isDropped(entry.path) && !isWanted(entry.path)) continue;
    selected.add(entry.path);
  }
  for (const rootPath of danglingLinks(tree, ownership, selected)) selected.delete(rootPath);
  return selected;
}

/** Links that no package owns to what was left out: the alternatives of a compiler, say. A kept package's own link stays. */
function danglingLinks(
  tree: ReadonlyMap<string, TreeEntry>,
  ownership: PackageOwnership,
  selected: ReadonlySet<string>,
): readonly string[] {
  const leftOut = (rootPath: string, hops: number): boolean => {
    const entry = tree.get(rootPath);
    if (!entry || entry.type === 'directory') return false;
    if (!selected.has(rootPath)) return true;
    return entry.type === 'link' && hops > 0 && leftOut(resolveLink(entry), hops - 1);
  };
  return [...selected].filter(
    (rootPath) => tree.get(rootPath)?.type === 'link' && !ownership.owned.has(rootPath) && leftOut(rootPath, 10),
  );
}
