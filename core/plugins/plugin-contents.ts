import type { JsonSchema } from '../contracts/language-pack.js';

/** What a plugin brings, as far as others have to know it. */
export interface PluginContents {
  readonly packs: readonly PackFacts[];
  readonly phases: readonly PhaseFacts[];
  /** Ids of the phases that it puts something around. */
  readonly wraps: readonly string[];
  /** Families. */
  readonly platforms: readonly string[];
  readonly toolchainSources: readonly string[];
}

export interface PackFacts {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly { readonly name: string; readonly schema: JsonSchema; readonly packages: boolean }[];
  readonly versionSchema: JsonSchema;
}

export interface PhaseFacts {
  readonly number: number;
  readonly id: string;
  readonly title: string;
}

/** A sketch that the schema has accepted: what of it is there, has its form. */
export interface PluginSketchShape {
  readonly apiVersion: number;
  readonly name: string;
  readonly packs?: readonly PackFacts[];
  readonly phases?: readonly PhaseFacts[];
  readonly wrapPhases?: readonly { readonly id: string }[];
  readonly platforms?: readonly { readonly family: string }[];
  readonly toolchainSources?: readonly { readonly id: string }[];
}

export function contentsOf(sketch: PluginSketchShape): PluginContents {
  return {
    packs: sketch.packs ?? [],
    phases: sketch.phases ?? [],
    wraps: (sketch.wrapPhases ?? []).map(({ id }) => id),
    platforms: (sketch.platforms ?? []).map(({ family }) => family),
    toolchainSources: (sketch.toolchainSources ?? []).map(({ id }) => id),
  };
}
