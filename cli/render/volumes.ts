import type { Volume } from '../../core/volumes/volume.js';
import { renderTable } from './table.js';

export function renderVolumes(volumes: readonly Volume[]): string {
  if (volumes.length === 0) return 'No volumes found\n';
  const rows = volumes.map(({ name, size, type, createdAt }) => [name, size, type, createdAt]);
  const lost = volumes.filter((volume) => volume.lost).map(({ name }) => name);
  const note = lost.length === 0 ? '' : `\nGone since the host restarted: ${lost.join(', ')}\n`;
  return `${renderTable({ head: ['NAME', 'SIZE', 'TYPE', 'CREATED'], rows })}${note}`;
}

/** Keys as clients of Joblet know them, then ours. */
export function volumeDocument({ name, size, type, imagePath, createdAt, ...facts }: Volume): Record<string, unknown> {
  return {
    name,
    size,
    type,
    path: imagePath,
    created_time: createdAt,
    size_bytes: facts.sizeBytes,
    in_use: facts.inUse,
    available: !facts.lost,
  };
}
