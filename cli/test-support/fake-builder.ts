import type {
  Builder,
  BuildResult,
  HostReport,
  PhasesResult,
  Pruned,
  RunOptions,
  SmokeReport,
  ValidationReport,
} from '../../core/engine/builder.js';
import { runtimeNotFound } from '../../core/errors/errors.js';
import type { BuildEvent, PhaseRef } from '../../core/events/build-event.js';
import type { JobSpec, RunningJob } from '../../core/jobs/job-spec.js';
import type { BuildRequest } from '../../core/pipeline/build-context.js';
import type { InstalledRuntime } from '../../core/store/installed-runtime.js';
import type { LanguageVersions } from '../../core/toolchains/version-lister.js';
import { BUILD_PHASES } from '../render/build-view.js';
import { FakeJobs } from './fake-jobs.js';

/** An engine that plays what a test gives it, and remembers what it was asked. */
export class FakeBuilder implements Builder {
  readonly requests: BuildRequest[] = [];
  readonly jobs = new FakeJobs();
  readonly removed: string[] = [];
  readonly volumes = this.jobs.volumes;
  runtimes: readonly InstalledRuntime[] = [installedRuntime()];
  onValidate: (path: string, options?: RunOptions) => Promise<ValidationReport> = async () => validationReport();
  onBuild: (options?: RunOptions) => Promise<BuildResult> = async () => buildResult();
  onTest: () => SmokeReport = () => ({
    runtime: installedRuntime(),
    checks: [{ title: 'python starts', passed: true, output: '' }],
    passed: true,
  });
  /** Package -> version. */
  distribution: Readonly<Record<string, string>> = {};
  hostReport: HostReport = { fit: true, findings: [] };

  validate(path: string, options?: RunOptions): Promise<ValidationReport> {
    return this.onValidate(path, options);
  }

  build(request: BuildRequest, options?: RunOptions): Promise<BuildResult> {
    this.requests.push(request);
    return this.onBuild(options);
  }

  listPhases(): readonly PhaseRef[] {
    return BUILD_PHASES.map(({ number }) => phase(number));
  }

  async runPhases(): Promise<PhasesResult> {
    return { timings: [], warnings: [] };
  }

  async close(): Promise<void> {}

  async findPackage(name: string): Promise<string | undefined> {
    return this.distribution[name];
  }

  async listVersions(): Promise<readonly LanguageVersions[]> {
    return [
      {
        language: 'python',
        source: 'distribution',
        title: "the host's release",
        versions: [{ version: '3.11', exact: '3.11.2-6', from: 'bookworm' }],
      },
      { language: 'python', source: 'ubuntu', title: 'releases of Ubuntu', versions: [], unreachable: 'no keys' },
    ];
  }

  async listRuntimes(): Promise<readonly InstalledRuntime[]> {
    return this.runtimes;
  }

  async findRuntime(reference: string): Promise<InstalledRuntime> {
    const found = this.runtimes.find(({ name }) => name === reference.split('@')[0]);
    if (found === undefined) throw runtimeNotFound(reference, []);
    return found;
  }

  async removeRuntime(reference: string): Promise<readonly InstalledRuntime[]> {
    this.removed.push(reference);
    return [await this.findRuntime(reference)];
  }

  async testRuntime(): Promise<SmokeReport> {
    return this.onTest();
  }

  async prune(options: { readonly all?: boolean } = {}): Promise<Pruned> {
    return { jobs: options.all === true ? 3 : 1, leftovers: 0, layers: 2, building: false };
  }

  async examineHost(): Promise<HostReport> {
    return this.hostReport;
  }

  async runJob(spec: JobSpec): Promise<RunningJob> {
    return this.jobs.run(spec);
  }
}

export function phase(number: number): PhaseRef {
  const title = BUILD_PHASES.find((known) => known.number === number)?.title ?? `Phase ${number}`;
  return { number, id: `phase-${number}`, title };
}

/** All events of a phase that ran without trouble, `lines` as its output. */
export function phaseEvents(
  number: number,
  at: number,
  durationMs: number,
  lines: readonly string[] = [],
): BuildEvent[] {
  return [
    { type: 'phase-started', at, phase: phase(number) },
    ...lines.map((line): BuildEvent => ({ type: 'log', at, phase: phase(number), line })),
    { type: 'phase-ended', at: at + durationMs, phase: phase(number), outcome: 'done', durationMs },
  ];
}

export function installedRuntime(name = 'python-3.11-ml', version = '1.0.0'): InstalledRuntime {
  const path = `/opt/joblet/runtimes/${name}/${version}`;
  return {
    name,
    version,
    path,
    rootPath: `${path}/isolated`,
    manifest: {
      name,
      language: 'python',
      language_version: '3.11',
      version,
      description: 'Python 3.11 with machine learning packages',
      mounts: [],
      environment: { PYTHONUNBUFFERED: '1', API_TOKEN: 'hunter2' },
      packages: ['numpy==2.4.6'],
      libraries: ['libgomp*'],
      requirements: { architectures: ['amd64'] },
      build_info: {
        built_at: '2026-01-02T03:04:05Z',
        platform: 'debian-amd64',
        language_version_exact: '3.11.2',
        release: 'bookworm',
        distribution_packages: [],
        spec_digest: 'sha256:aa',
        builder_version: '0.1.0',
      },
      size_bytes: 237_285_376,
      digest: 'sha256:bb',
    },
  };
}

export function buildResult(built = true): BuildResult {
  return {
    runtime: installedRuntime(),
    built,
    durationMs: 42_100,
    timings: [
      { number: 7, id: 'install-base', title: 'Install Base', durationMs: 30_000 },
      { number: 8, id: 'install-packages', title: 'Install Packages', durationMs: 12_000 },
    ],
    warnings: ['runtime.yaml:3:10: version is a number: quote it'],
  };
}

export function validationReport(): ValidationReport {
  const python3 = distributionPackage('python3.11', '3.11.2-6');
  return {
    file: '/specs/runtime.yaml',
    spec: {
      schemaVersion: '1.0',
      name: 'python-3.11-ml',
      version: '1.0.0',
      description: 'Python 3.11',
      base: { language: 'python', version: '3.11' },
      packValues: { pip: ['numpy'], pip_options: '--index-url https://me:secret@pypi.example.com/simple' },
      libraries: [],
      environment: { A: '1', API_TOKEN: 'hunter2' },
      requirements: { gpu: false },
      platforms: [],
      hooks: { timeoutMs: 1_200_000, timeout: '20m', preInstall: 'true' },
    },
    platform: {
      id: 'debian-amd64',
      distribution: 'debian',
      release: 'bookworm',
      architecture: 'amd64',
      family: 'apt',
      packageManager: 'apt',
    },
    plan: {
      packages: {
        release: 'bookworm',
        base: [distributionPackage('libc6', '2.36-9')],
        build: [python3, distributionPackage('libexpat1', '2.5.0-1')],
        tools: [],
        sets: [],
        runtimeNames: ['python3.11'],
        buildNames: ['python3.11'],
        downloadBytes: 5 * 1024 * 1024,
      },
      packs: [],
    },
    warnings: [
      {
        severity: 'warning',
        path: 'base.version',
        line: 7,
        column: 12,
        message: 'a number: it is taken as 3.10',
        hint: 'quote it',
        source: '  version: 3.10',
      },
    ],
    notes: ['python-3.11-ml 1.0.0 is installed and would be replaced'],
  };
}

function distributionPackage(name: string, version: string) {
  return { name, version, architecture: 'amd64', hash: 'sha256:cc', sizeBytes: 1000 };
}
