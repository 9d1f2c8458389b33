import { API_VERSION } from '../contracts/plugin.js';
import { checkSchema } from '../spec/check-schema.js';
import { formatPath } from '../spec/spec-position.js';
import type { Tree } from '../spec/spec-tree.js';
import { isMapping } from '../spec/tree-access.js';
import { JOBLET_VERSION } from '../version.js';
import type { PluginSketchShape } from './plugin-contents.js';
import { PLUGIN_SCHEMA } from './plugin-schema.js';

const MAX_PROBLEMS = 20;

/** What is wrong with the form of a plugin, a line for each thing; empty when it is as the contract says. */
export function checkSketch(sketch: Tree, packageName: string): readonly string[] {
  const apiVersion = isMapping(sketch) ? sketch['apiVersion'] : undefined;
  if (typeof apiVersion === 'number' && apiVersion !== API_VERSION) {
    const remedy = apiVersion > API_VERSION ? 'joblet has to be updated' : 'the plugin has to be updated';
    return [
      `it is written for version ${apiVersion} of the plugin interface, and joblet ${JOBLET_VERSION} has version ${API_VERSION}: ${remedy}`,
    ];
  }
  const problems = checkSchema(sketch, PLUGIN_SCHEMA).map(({ path, message, hint }) => {
    const at = path.length === 0 ? '' : `${formatPath(path)}: `;
    return `${at}${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
  if (problems.length > 0) {
    const rest = problems.length - MAX_PROBLEMS;
    return rest > 0 ? [...problems.slice(0, MAX_PROBLEMS), `and ${rest} more`] : problems;
  }
  return isShape(sketch) && sketch.name !== packageName
    ? [`it calls itself ${sketch.name}, and its package is ${packageName}`]
    : [];
}

/** True for whatever `checkSketch` finds nothing wrong with. */
export function isShape(sketch: unknown): sketch is PluginSketchShape {
  return typeof sketch === 'object' && sketch !== null && 'apiVersion' in sketch && 'name' in sketch;
}
