import type { Json } from '../contracts/language-pack.js';

/** A valid runtime.yaml, with defaults filled in. Core's own fields; each pack's keys are in `packValues`. */
export interface RuntimeSpec {
  readonly schemaVersion: '1.0';
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly base: {
    readonly language: string;
    readonly version: string;
    /** Where the language may come from: ids of toolchain sources or suites, in order. @default the configuration's */
    readonly sources?: readonly string[];
  };
  /** Values of the keys that packs own, by key: `pip`, `pip_options`. */
  readonly packValues: Readonly<Record<string, Json>>;
  /** Globs of library file names: `libopenblas*`. */
  readonly libraries: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly requirements: {
    readonly gpu: boolean;
    readonly cudaVersion?: string;
    readonly minMemoryBytes?: number;
    /** As written: "256MB". */
    readonly minMemory?: string;
  };
  /** Empty: every platform. */
  readonly platforms: readonly string[];
  readonly hooks: {
    readonly timeoutMs: number;
    /** As written, for messages: `20m`. */
    readonly timeout: string;
    readonly preInstall?: string;
    readonly postInstall?: string;
  };
}

/** A problem of a spec, at its place in the file. Lines and columns count from 1. */
export interface SpecReportEntry {
  readonly severity: 'error' | 'warning';
  /** `pip[1]`, `base.version`; empty for the whole file. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
  /** The offending line of the file, credentials of URLs masked. */
  readonly source: string;
  /** Where `column` is in `source`, when masking moved it. */
  readonly sourceColumn?: number;
}

export interface ParsedSpec {
  readonly spec: RuntimeSpec;
  readonly warnings: readonly SpecReportEntry[];
  /** Where a value stands in the file, for problems that later phases find. */
  locate(path: readonly (string | number)[]): {
    readonly line: number;
    readonly column: number;
    readonly source: string;
  };
  /** Absolute path of the file read. */
  readonly file: string;
}
