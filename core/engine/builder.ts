import type { ProcessExit } from '../contracts/isolator.js';
import type { LanguagePackage } from '../contracts/language-pack.js';
import type { PlatformInfo } from '../contracts/platform-adapter.js';
import type { HostReport } from '../doctor/examine-host.js';
import type { BuildListener, PhaseRef } from '../events/build-event.js';
import type { JobSpec, RunningJob } from '../jobs/job-spec.js';
import type { BuildContext, BuildRequest } from '../pipeline/build-context.js';
import type { BuildPlan } from '../pipeline/results.js';
import type { RuntimeSpec, SpecReportEntry } from '../spec/runtime-spec.js';
import type { InstalledRuntime, RuntimeLocation } from '../store/installed-runtime.js';
import type { LanguageVersions } from '../toolchains/version-lister.js';
import type { Volumes } from '../volumes/volume-store.js';
import type { Jobs } from './jobs.js';
import type { PhaseSelection } from './phase-selection.js';

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onEvent?: BuildListener;
}

export interface VersionOptions {
  readonly signal?: AbortSignal;
  /** Called with a short line that says what is being done now. */
  readonly onProgress?: (message: string) => void;
}

/** What phases 1 to 4 say; nothing is made. */
export interface ValidationReport {
  readonly file: string;
  readonly spec: RuntimeSpec;
  readonly platform: PlatformInfo;
  readonly plan: BuildPlan;
  /** Problems that do not stop a build, with their place in the file. */
  readonly warnings: readonly SpecReportEntry[];
  /** Warnings that have no place in the file: an existing runtime, a glob that cannot be checked yet. */
  readonly notes: readonly string[];
}

export interface PhaseTiming {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly durationMs: number;
}

export interface BuildResult {
  readonly runtime: InstalledRuntime;
  /** False when the same spec was built before and nothing had to be done. */
  readonly built: boolean;
  readonly durationMs: number;
  readonly timings: readonly PhaseTiming[];
  readonly warnings: readonly string[];
}

export interface PhasesRequest extends BuildRequest, PhaseSelection {}

export interface PhasesOptions extends RunOptions {
  /** Called before the first phase. It may set results that stand in for phases that are not run. */
  readonly before?: (context: BuildContext) => void | Promise<void>;
  /** Called after the last phase: sees what the phases made while it is there. */
  readonly after?: (context: BuildContext) => void | Promise<void>;
}

export interface PhasesResult {
  readonly timings: readonly PhaseTiming[];
  readonly warnings: readonly string[];
  /** When all phases ran. */
  readonly runtime?: InstalledRuntime;
}

export interface SmokeReport {
  readonly runtime: InstalledRuntime;
  readonly checks: readonly { readonly title: string; readonly passed: boolean; readonly output: string }[];
  readonly passed: boolean;
}

/** How many of each were removed. */
export interface Pruned {
  readonly jobs: number;
  /** Control groups and disks of jobs whose caller was killed. */
  readonly leftovers: number;
  readonly layers: number;
  /** True when layers were kept for a build that runs. */
  readonly building: boolean;
}

/** The engine of one store. Several may live in one process; they share nothing. All methods throw JobletError. */
export interface Builder {
  /** Jobs of the store. */
  readonly jobs: Jobs;
  readonly volumes: Volumes;
  /** Phases 1 to 4. Throws E_SPEC_INVALID with all problems, E_PACKAGE_NOT_FOUND, E_PLATFORM, E_NETWORK, … */
  validate(path: string, options?: RunOptions): Promise<ValidationReport>;
  /** All 14 phases. Atomic: on any failure the runtime that was there still works. */
  build(request: BuildRequest, options?: RunOptions): Promise<BuildResult>;
  /** The phases of a build in their order, those of plugins among them. */
  listPhases(): readonly PhaseRef[];
  /** Runs some of the phases, or all anew. What they made is undone in the end, layers in the cache aside; only what all of them made
   * becomes the runtime. Throws what `build` throws, and E_NOT_CACHED, E_USAGE. */
  runPhases(request: PhasesRequest, options?: PhasesOptions): Promise<PhasesResult>;
  /** All installed runtimes, by name, highest version first. */
  listRuntimes(): Promise<readonly InstalledRuntime[]>;
  /** `NAME` (its highest version), `NAME@VERSION` or `NAME@latest`. Throws E_RUNTIME_NOT_FOUND, E_RUNTIME_DAMAGED. */
  findRuntime(reference: string): Promise<InstalledRuntime>;
  /** `NAME` removes all versions, damaged ones too. Jobs that run go on: files in use go when their last user has ended and a
   * build or removal comes by. Returns what was removed. Throws E_RUNTIME_NOT_FOUND. */
  removeRuntime(reference: string): Promise<readonly RuntimeLocation[]>;
  /** Runs the language's smoke test inside the installed runtime. */
  testRuntime(reference: string, options?: RunOptions): Promise<SmokeReport>;
  /** What versions of languages are to be had here, and from which sources, asked now; of all languages, or of one. Throws
   * E_LANGUAGE_UNKNOWN. */
  listVersions(language?: string, options?: VersionOptions): Promise<readonly LanguageVersions[]>;
  /** The newest version that this host's release has of a package, as the distribution writes it: `1:3.1`. Undefined when it has no
   * such package. Throws E_NETWORK. */
  findPackage(name: string, options?: VersionOptions): Promise<string | undefined>;
  /** Frees what is not referenced: old jobs, dead builds, generations of runtimes that nothing uses, layers that no build wanted for
   * long; with `all` every ended job, and every layer but the minimal root's, unless a build runs. */
  prune(options?: { readonly all?: boolean }): Promise<Pruned>;
  /** What this host can enforce and what not. Changes nothing, needs no root, never rejects. */
  examineHost(): Promise<HostReport>;
  /** Ends what `readySandboxes` keeps. Not needed otherwise; a process that ends without it leaves empty control groups, which `prune`
   * removes. */
  close(): Promise<void>;
  /** `jobs.run`: starts a command in a runtime. */
  runJob(spec: JobSpec): Promise<RunningJob>;
}

export type { HostReport, JobSpec, Jobs, LanguagePackage, ProcessExit, RunningJob };
