import type { Json } from '../../core/contracts/language-pack.js';

/** A mistake that a pack has to find in a spec. */
export interface BadSpec {
  /** What is wrong with it, for the report: "a name with a space". */
  readonly title: string;
  /** @default the first of `versions` */
  readonly version?: string;
  /** The pack's keys with the mistake: `{ gems: ['good', 'b d'] }`. */
  readonly values?: Readonly<Record<string, Json>>;
  /** Where it is: `['gems', 1]`. The report has to name the line of that value. */
  readonly at: readonly (string | number)[];
  /** A part of what the report has to say. */
  readonly says?: string;
}

/** What the kit cannot know by itself of a pack. All of it is data: it crosses to another process. */
export interface PackCase {
  /** The module that exports the plugin: a path or `file:` URL of JavaScript. @default a pack that comes with joblet */
  readonly plugin?: string | URL;
  /** The pack's id: `ruby`. */
  readonly pack: string;
  /** Versions that can be had on this machine, one at least. All are resolved, the first is built. */
  readonly versions: readonly string[];
  /** A version that is written as it should be and that nobody has. */
  readonly unknownVersion: string;
  /** The pack's keys as a runtime.yaml gives them, with packages that can be had: small ones, since they are installed four times. */
  readonly values: Readonly<Record<string, Json>>;
  /**
   * A command that prints each of the pack's packages that are in the runtime as a line `NAME VERSION`. It is run as a job of the runtime
   * (also of one of another language, into which they were added) and asks the language, not the pack: it is the witness of what the pack lists. Required when the plan has packages.
   */
  readonly inventory?: readonly string[];
  /** Mistakes in the pack's keys that it must refuse, each at its place. */
  readonly badSpecs?: readonly BadSpec[];
  /** Packages that no index has, refused in phase 4. Required when the pack has a key of packages. */
  readonly missing?: { readonly values: Readonly<Record<string, Json>>; readonly at: readonly (string | number)[] };
  /** Ways to break a runtime that the smoke test must notice, beside those that the kit has for every language: globs of files to remove. */
  readonly breakages?: readonly { readonly title: string; readonly remove: readonly string[] }[];
  /** What the engine sees as the caller's environment: proxies, settings of indexes. @default this process's */
  readonly env?: Readonly<Record<string, string>>;
  /** A store to work in, whose cached base roots and tools are used. The kit's runtime in it is removed at the end. @default a new one, removed at the end */
  readonly store?: string;
  /** Gets each line of the build's log. @default kept, and shown when the build fails */
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Ends a pack that hangs. @default 30 minutes for all rules together */
  readonly timeoutMs?: number;
}

/** What of a case goes to the worker. */
export type WorkerCase = Omit<PackCase, 'plugin' | 'log' | 'signal' | 'timeoutMs' | 'env' | 'store'> & {
  readonly plugin?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly store: string;
  /** For files of the rules' own; on the store's file system, so that roots can be copied as links. */
  readonly workDir: string;
};
