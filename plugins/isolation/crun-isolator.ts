import { inject, injectable } from 'tsyringe';
import type { Host } from '../../core/contracts/host.js';
import { HOST } from '../../core/contracts/host.js';
import type { IdMap } from '../../core/contracts/id-map.js';
import { ID_MAP } from '../../core/contracts/id-map.js';
import type { IsolatedProcess, Isolator, JobMount, RunningProcess } from '../../core/contracts/isolator.js';
import { hostUnfit, usageError } from '../../core/errors/errors.js';
import { isJobletError } from '../../core/errors/joblet-error.js';
import { ociConfig } from './bundle.js';
import { processNotStarted } from './errors.js';
import { hostLimits } from './host-limits.js';
import type { HostTools } from './host-tools.js';
import { checkKernel, findHostTools, hasOverlay } from './host-tools.js';
import type { Launch } from './launcher.js';
import { launch } from './launcher.js';
import { freshMounts } from './mounts.js';
import { checkIsolatedNetwork, hostNetworkState, isolatedNetworkSteps } from './network/isolated-network.js';
import { surroundingsOf } from './oci-runtime.js';
import { prepareSources } from './root-steps.js';
import { seccompArchitecture } from './seccomp.js';
import { GRACE_MS, supervise } from './supervisor.js';

/** Processes in roots through an OCI runtime and a bundle; see docs/isolation.md for what they may do. */
@injectable()
export class CrunIsolator implements Isolator {
  readonly id = 'crun';
  protected readonly graceMs: number = GRACE_MS;
  private found: HostTools | undefined;

  constructor(
    @inject(HOST) private readonly host: Host,
    @inject(ID_MAP) private readonly idMap: IdMap,
  ) {}

  async check(): Promise<void> {
    filterArchitecture();
    checkKernel(surroundingsOf(this.tools().runtime).privateDirectory);
    if (hasOverlay()) return;
    // Loaded here: a job starts without it, and loading it takes longer than a job's own preparation.
    const { execa } = await import('execa');
    const modprobe = await execa('modprobe', ['--dry-run', 'overlay'], { reject: false, stdio: 'ignore', cwd: '/' });
    if (modprobe.exitCode !== 0) {
      throw hostUnfit(
        'the kernel has no overlayfs',
        'use a kernel with CONFIG_OVERLAY_FS, or load its module: modprobe overlay',
      );
    }
  }

  jobMounts(): readonly JobMount[] {
    const fresh = freshMounts('job').map(({ type, destination }) => ({
      source: type,
      target: destination,
      readonly: false,
    }));
    return [{ source: 'isolated', target: '/', readonly: true }, ...fresh];
  }

  start(process: IsolatedProcess): RunningProcess {
    if (process.signal?.aborted) {
      const reason = 'cancelled' as const;
      const exit = { status: 137, timedOut: false, cancelled: true, durationMs: 0, reason, usage: {} };
      return { exit: Promise.resolve(exit), kill: () => {} };
    }
    try {
      return supervise(process, this.launch(process), this.graceMs);
    } catch (error) {
      const reason = isJobletError(error) ? error : this.explain(error);
      return { exit: Promise.reject(reason), kill: () => {} };
    }
  }

  private launch(process: IsolatedProcess): Launch {
    refuseNulBytes(process);
    const tools = this.tools();
    const { privateDirectory } = surroundingsOf(tools.runtime);
    const sources = prepareSources(process.root, process.binds ?? [], privateDirectory);
    const config = ociConfig({
      ...sources,
      process,
      idMap: this.idMap,
      initPath: tools.init,
      privateDirectory,
      architecture: filterArchitecture(),
      limits: hostLimits(),
    });
    const steps = [...sources.steps, ...this.networkSteps(process)];
    return launch(tools, steps, JSON.stringify(config));
  }

  private networkSteps(process: IsolatedProcess): readonly string[] {
    if (process.network !== 'isolated') return [];
    checkIsolatedNetwork();
    return isolatedNetworkSteps(this.idMap, hostNetworkState());
  }

  /** Looked up once, at the first use. */
  protected tools(): HostTools {
    this.found ??= findHostTools(this.host.env['PATH']);
    return this.found;
  }

  private explain(error: unknown): Error {
    const text = error instanceof Error ? error.message : String(error);
    return processNotStarted(text, 'its root, layers and binds must exist on this host', error);
  }
}

/** Nothing runs without a filter: on an architecture that we have no list for, nothing runs. */
function filterArchitecture(): string {
  const architecture = seccompArchitecture(process.arch);
  if (architecture !== undefined) return architecture;
  throw hostUnfit(
    `there is no system call filter for ${process.arch} processors`,
    'use a machine with an x86-64 or 64-bit Arm processor',
  );
}

function refuseNulBytes(process: IsolatedProcess): void {
  const texts = [...process.args, ...Object.entries(process.env).flat(), process.cwd ?? ''];
  if (texts.some((text) => text.includes('\0'))) {
    throw usageError(
      'an argument, variable or directory contains a NUL byte',
      'no program can be given one: remove it',
    );
  }
}
