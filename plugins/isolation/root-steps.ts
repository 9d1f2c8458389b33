import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { IdMap } from '../../core/contracts/id-map.js';
import type { Bind, RootSource } from '../../core/contracts/isolator.js';

/** How the launcher prepares what the runtime will mount: its steps, and the paths that then stand for the sources. */
export interface PreparedSources {
  readonly steps: readonly string[];
  readonly rootPath: string;
  readonly rootWritable: boolean;
  readonly binds: readonly Bind[];
}

/**
 * An overlay is mounted by the launcher, over short relative names: mount options must fit into one page, and commas or
 * colons in a path would need escaping there. Sources below a directory that the mapped ids cannot search (/root, a
 * temporary directory of mode 700) are first bound into the private directory, which they can.
 */
export function prepareSources(
  root: RootSource,
  binds: readonly Bind[],
  privateDirectory: string,
  idMap: IdMap,
): PreparedSources {
  const steps: string[] = [];
  const reachable = (hostPath: string, name: string): string => {
    const path = realpathSync(hostPath);
    if (isReachable(path, idMap)) return path;
    steps.push(statSync(path).isDirectory() ? 'bind-dir' : 'bind-file', path, name);
    return `${privateDirectory}/${name}`;
  };
  const { rootPath, rootWritable } =
    root.kind === 'directory'
      ? { rootPath: reachable(root.hostPath, 'root'), rootWritable: root.writable }
      : overlay(root, steps, privateDirectory, reachable);
  return {
    rootPath,
    rootWritable,
    binds: binds.map((bind, index) => ({ ...bind, hostPath: reachable(bind.hostPath, `bind${index}`) })),
    steps,
  };
}

function overlay(
  root: RootSource & { kind: 'overlay' },
  steps: string[],
  privateDirectory: string,
  reachable: (hostPath: string, name: string) => string,
): { rootPath: string; rootWritable: boolean } {
  const [first, ...others] = root.lower;
  // The kernel refuses an overlay of one layer without an upper directory.
  if (root.upper === undefined && first !== undefined && others.length === 0) {
    return { rootPath: reachable(first, 'root'), rootWritable: false };
  }
  const link = (target: string, name: string): string => {
    steps.push('link', target, name);
    return name;
  };
  const lower = root.lower.map((path, index) => link(path, `l${index}`)).join(':');
  const upper = root.upper
    ? `,upperdir=${link(root.upper.hostPath, 'upper')},workdir=${link(root.upper.work, 'workdir')}`
    : '';
  // Off, whatever the kernel's defaults: layers must be plain directories that other overlays can be made of.
  steps.push('overlay', `lowerdir=${lower}${upper},index=off,metacopy=off,redirect_dir=off`, 'root');
  return { rootPath: `${privateDirectory}/root`, rootWritable: root.upper !== undefined };
}

/** Whether job-root can walk to a path: each directory above it is searchable by others, or its own. */
function isReachable(path: string, idMap: IdMap): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { mode, uid } = statSync(at);
    if ((mode & 0o001) === 0 && !(uid === idMap.hostStart && (mode & 0o100) !== 0)) return false;
    if (at === '/') return true;
  }
}
