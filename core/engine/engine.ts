import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import path from 'node:path';
import { inject, injectAll, injectable } from 'tsyringe';
import { HOST, type Host } from '../contracts/host.js';
import { HOST_CHECK, type HostCheck } from '../contracts/host-check.js';
import { ISOLATOR, type Isolator } from '../contracts/isolator.js';
import { type LanguagePack, PACK } from '../contracts/language-pack.js';
import { PHASE, type Phase } from '../contracts/phase.js';
import { examineHost, type HostReport } from '../doctor/examine-host.js';
import { cancelled, hostUnfit } from '../errors/errors.js';
import type { PhaseRef } from '../events/build-event.js';
import type { JobSpec, RunningJob } from '../jobs/job-spec.js';
import { runSmokeTest } from '../jobs/smoke-test.js';
import { arrangePhases, PHASE_WRAP, type PhaseWrap } from '../pipeline/arrange-phases.js';
import type { BuildRequest } from '../pipeline/build-context.js';
import { HOOK_NONCE } from '../pipeline/hook-nonce.js';
import { runPhases } from '../pipeline/pipeline.js';
import { BUILD_PLAN, DETECTED_PLATFORM, PARSED_SPEC } from '../pipeline/results.js';
import { ISOLATED_ROOT, WORKSPACE } from '../pipeline/root-results.js';
import { RunningBuild } from '../pipeline/running-build.js';
import { specDigest } from '../spec/spec-digest.js';
import { acquireLock, type FileLock } from '../store/file-lock.js';
import type { InstalledRuntime, RuntimeLocation } from '../store/installed-runtime.js';
import { RuntimeStore } from '../store/runtime-store.js';
import { StorePaths } from '../store/store-paths.js';
import { openWorkspace, sweepWorkspaces } from '../store/workspace.js';
import { PackageFinder } from '../toolchains/package-finder.js';
import { type LanguageVersions, VersionLister } from '../toolchains/version-lister.js';
import type { Volumes } from '../volumes/volume-store.js';
import type {
  Builder,
  BuildResult,
  PhasesOptions,
  PhasesRequest,
  PhasesResult,
  PhaseTiming,
  Pruned,
  RunOptions,
  SmokeReport,
  ValidationReport,
  VersionOptions,
} from './builder.js';
import { JobEngine } from './job-engine.js';
import type { Jobs } from './jobs.js';
import { packagesOfManifest, requestOfManifest } from './manifest-request.js';
import { selectPhases } from './phase-selection.js';
import { pruneStore } from './prune-store.js';
import { runSelected } from './run-selected.js';

/** Phases up to this one make nothing of a runtime: they are a validation. */
const LAST_PLANNING_PHASE = 4;

@injectable()
export class Engine implements Builder {
  private readonly phases: readonly Phase[];

  constructor(
    @injectAll(PHASE) phases: readonly Phase[],
    @injectAll(PACK) private readonly packs: readonly LanguagePack[],
    @inject(ISOLATOR) private readonly isolator: Isolator,
    @inject(HOST) private readonly host: Host,
    @inject(StorePaths) private readonly paths: StorePaths,
    @inject(RuntimeStore) private readonly runtimes: RuntimeStore,
    @inject(JobEngine) readonly jobs: Jobs,
    @injectAll(HOST_CHECK) private readonly hostChecks: readonly HostCheck[],
    @inject(VersionLister) private readonly versions: VersionLister,
    @inject(PackageFinder) private readonly packages: PackageFinder,
    @injectAll(PHASE_WRAP, { isOptional: true }) wraps: readonly PhaseWrap[],
  ) {
    this.phases = arrangePhases(phases, wraps);
  }

  async close(): Promise<void> {
    await this.isolator.keepReady?.(0);
  }

  async validate(specPath: string, options: RunOptions = {}): Promise<ValidationReport> {
    const build = this.open({ path: specPath }, options, false);
    try {
      await this.runPlanning(build);
      const { spec, file, warnings } = build.get(PARSED_SPEC);
      const existing = await this.runtimes.read(spec.name, spec.version);
      const notes = [
        ...build.warnings.filter((warning) => !warnings.some((one) => warning.includes(one.message))),
        ...(existing
          ? [`${spec.name}@${spec.version} exists, built ${existing.manifest.build_info.built_at}; a build replaces it`]
          : []),
      ];
      return { file, spec, warnings, notes, platform: build.get(DETECTED_PLATFORM).info, plan: build.get(BUILD_PLAN) };
    } finally {
      await build.close();
    }
  }

  async build(request: BuildRequest, options: RunOptions = {}): Promise<BuildResult> {
    const startedAt = this.host.now().getTime();
    const build = this.open(request, options, true);
    let lock: FileLock | undefined;
    try {
      const parsing = await runPhases(this.phasesBetween(0, 1), build);
      const done = (runtime: InstalledRuntime, built: boolean, timings: readonly PhaseTiming[]): BuildResult => {
        return { runtime, built, timings, warnings: build.warnings, durationMs: this.host.now().getTime() - startedAt };
      };
      const { spec } = build.get(PARSED_SPEC);
      const same = await this.findSame(build);
      if (same) return done(same, false, parsing);

      const planning = await this.runPlanning(build, 1, async () => {
        // One build of a name at a time; the next one may find its work done.
        lock = await acquireLock(this.paths.lock(`runtime-${spec.name}`), {
          signal: build.signal,
          onWait: () => build.progress(`waiting for another build of ${spec.name}`),
        });
        return this.findSame(build);
      });
      if (planning.same) return done(planning.same, false, [...parsing, ...planning.timings]);
      const making = await runPhases(this.phasesBetween(LAST_PLANNING_PHASE, Number.POSITIVE_INFINITY), build);
      if (build.signal.aborted) throw cancelled(build.signal.reason);
      const draft = path.dirname(build.get(ISOLATED_ROOT).dir);
      const runtime = await this.runtimes.publish(spec.name, spec.version, draft, build.get(WORKSPACE));
      return done(runtime, true, [...parsing, ...planning.timings, ...making]);
    } finally {
      await build.close();
      await lock?.release();
    }
  }

  listPhases(): readonly PhaseRef[] {
    return this.phases.map(({ number, id, title }) => ({ number, id, title }));
  }

  async runPhases(request: PhasesRequest, options: PhasesOptions = {}): Promise<PhasesResult> {
    const selected = selectPhases(this.phases, request);
    const makes = selected.phases.some(({ number }) => number > LAST_PLANNING_PHASE);
    const build = this.open(request, options, makes);
    return runSelected({ selected, build, options, paths: this.paths, runtimes: this.runtimes });
  }

  async listRuntimes(): Promise<readonly InstalledRuntime[]> {
    return this.runtimes.list();
  }

  async findRuntime(reference: string): Promise<InstalledRuntime> {
    return this.runtimes.find(reference);
  }

  async removeRuntime(reference: string): Promise<readonly RuntimeLocation[]> {
    const found = await this.runtimes.match(reference);
    await this.paths.prepare();
    const lock = await acquireLock(this.paths.lock(`runtime-${found[0].name}`));
    const workspace = await openWorkspace(this.paths);
    try {
      for (const runtime of found) await this.runtimes.remove(runtime, workspace);
      await this.runtimes.sweep(workspace);
      return found;
    } finally {
      await workspace.close();
      await lock.release();
    }
  }

  async testRuntime(reference: string, options: RunOptions = {}): Promise<SmokeReport> {
    const use = await this.runtimes.use(reference);
    const { runtime } = use;
    try {
      const { language } = runtime.manifest;
      const pack = this.packs.find((one) => one.id === language);
      if (!pack)
        throw hostUnfit(
          `no pack for ${language}, the language of ${reference}`,
          'install the pack that it was built with',
        );
      await this.isolator.check();
      const commands = pack.smokeTest(requestOfManifest(runtime.manifest), packagesOfManifest(runtime.manifest));
      const checks = await runSmokeTest(runtime, commands, this.isolator, options.signal);
      return { runtime, checks, passed: checks.every((check) => check.passed) };
    } finally {
      use.release();
    }
  }

  listVersions(language?: string, options: VersionOptions = {}): Promise<readonly LanguageVersions[]> {
    const { signal = new AbortController().signal, onProgress = () => {} } = options;
    return this.versions.list(language, { signal, log: () => {}, progress: onProgress, warn: onProgress });
  }

  findPackage(name: string, options: VersionOptions = {}): Promise<string | undefined> {
    const { signal = new AbortController().signal, onProgress = () => {} } = options;
    return this.packages.find(name, { signal, log: () => {}, progress: onProgress, warn: onProgress });
  }

  get volumes(): Volumes {
    return this.jobs.volumes;
  }

  async runJob(spec: JobSpec): Promise<RunningJob> {
    return this.jobs.run(spec);
  }

  async prune(options: { readonly all?: boolean } = {}): Promise<Pruned> {
    const jobs = await this.jobs.prune(options);
    const { retentionMs } = (await this.jobs.config()).jobs;
    const before = options.all === true ? undefined : new Date(this.host.now().getTime() - retentionMs);
    return { ...jobs, ...(await pruneStore(this.paths, this.runtimes, before)) };
  }

  examineHost(): Promise<HostReport> {
    return examineHost(this.hostChecks);
  }

  private open(request: BuildRequest, options: RunOptions, makes: boolean): RunningBuild {
    const build = new RunningBuild({
      request,
      makes,
      now: () => this.host.now(),
      freeBytes: () => freeBytes(this.paths.root),
      ...options,
    });
    if (request.force) build.set(HOOK_NONCE, randomUUID());
    return build;
  }

  /** Phases after `from` up to 4, in a workspace. `begin` runs once there is a store to lock; what it finds ends the build. */
  private async runPlanning(
    build: RunningBuild,
    from = 0,
    begin?: () => Promise<InstalledRuntime | undefined>,
  ): Promise<{ readonly same?: InstalledRuntime; readonly timings: readonly PhaseTiming[] }> {
    // A store is made only for a spec and a host that it can be of use to.
    const checks = await runPhases(this.phasesBetween(from, LAST_PLANNING_PHASE - 1), build);
    await this.paths.prepare();
    await sweepWorkspaces(this.paths);
    const same = await begin?.();
    if (same) return { same, timings: checks };
    const workspace = await openWorkspace(this.paths);
    build.onEnd(() => workspace.close());
    build.set(WORKSPACE, workspace);
    await this.runtimes.sweep(workspace);
    const resolving = await runPhases(this.phasesBetween(LAST_PLANNING_PHASE - 1, LAST_PLANNING_PHASE), build);
    return { timings: [...checks, ...resolving] };
  }

  private phasesBetween(after: number, upTo: number): readonly Phase[] {
    return this.phases.filter((phase) => phase.number > after && phase.number <= upTo);
  }

  /** The runtime that the same spec made before, unless the caller wants it anew. */
  private async findSame(build: RunningBuild): Promise<InstalledRuntime | undefined> {
    if (build.request.force) return undefined;
    const { spec } = build.get(PARSED_SPEC);
    const existing = await this.runtimes.read(spec.name, spec.version);
    return existing?.manifest.build_info.spec_digest === specDigest(spec) ? existing : undefined;
  }
}

function freeBytes(dir: string): number {
  try {
    const { bfree, bsize } = statfsSync(dir);
    return bfree * bsize;
  } catch {
    // No store yet: whatever failed, it did not fill it.
    return Number.POSITIVE_INFINITY;
  }
}
