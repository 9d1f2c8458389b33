import satisfies from 'semver/functions/satisfies.js';
import { JOBLET_VERSION } from '../version.js';
import type { FoundPlugin } from './find-plugins.js';
import type { PluginSketch } from './sketch-plugin.js';

/** Why a plugin could not be loaded, and what its joblet has to do with it. */
export function explainFailure(
  { reason, code }: Extract<PluginSketch, { kind: 'failed' }>,
  { wants }: Pick<FoundPlugin, 'wants'>,
): string {
  if (wants !== undefined && !satisfies(JOBLET_VERSION, wants, { includePrerelease: true }))
    return `${reason}; it wants joblet ${wants}, and this is ${JOBLET_VERSION}`;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return `${reason}; a plugin is loaded as JavaScript: compile it`;
  return reason;
}
