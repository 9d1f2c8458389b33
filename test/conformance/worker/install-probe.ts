import type { DependencyContainer } from 'tsyringe';
import { makePackServices } from '../../../core/build/pack-services.js';
import { ID_MAP } from '../../../core/contracts/id-map.js';
import type {
  LanguagePackage,
  PackPlan,
  PackRequest,
  PackRoot,
  PackServices,
} from '../../../core/contracts/language-pack.js';
import type { Phase } from '../../../core/contracts/phase.js';
import type { BuildContext } from '../../../core/pipeline/build-context.js';
import { BUILD_PLAN, type PlannedPack } from '../../../core/pipeline/results.js';
import { BUILD_ROOT, PREFETCH_AHEAD } from '../../../core/pipeline/root-results.js';
import { StorePaths } from '../../../core/store/store-paths.js';
import { foreignFiles } from './foreign-files.js';
import { type Settled, settle } from './settle.js';
import { snapshotTree, treeChanges } from './tree-snapshot.js';

/** `cancel`: installs, and cancels the build in the middle of it. `observe`: installs twice into one layer. */
export type ProbeMode = { readonly kind: 'cancel'; readonly abort: () => void } | { readonly kind: 'observe' };

/** What the probe has seen; empty as long as the build has not come to it. */
export interface InstallFindings {
  planned?: PlannedPack;
  cancelled?: {
    readonly midway: Settled<unknown>;
    /** Of an installation that was cancelled before it began. */
    readonly before: Settled<readonly LanguagePackage[]>;
  };
  installs?: {
    readonly first: readonly LanguagePackage[];
    readonly second: readonly LanguagePackage[];
    /** What the second one has changed in the layer. */
    readonly layerChanges: readonly string[];
    /** What both have changed in the store outside of what is the pack's. */
    readonly storeChanges: readonly string[];
    /** What is wrong with files of the layer: an owner outside of the store's ids, a path of the host in them. */
    readonly foreign: readonly string[];
    /** Paths of the layer that are no directories, absolute in the root. */
    readonly files: readonly string[];
  };
  /** Why one of them failed. */
  failed?: unknown;
}

/** Thrown to have the probe's layer thrown away. */
class ProbeDone extends Error {}

/** A phase between the language and its packages that tries the pack's `install` in layers of its own, which nothing keeps. */
export class InstallProbe {
  #armed: { readonly mode: ProbeMode; readonly findings: InstallFindings } | undefined;
  #count = 0;

  constructor(private readonly packId: string) {}

  arm(mode: ProbeMode): InstallFindings {
    const findings: InstallFindings = {};
    this.#armed = { mode, findings };
    return findings;
  }

  disarm(): void {
    this.#armed = undefined;
  }

  phase(container: DependencyContainer): Phase {
    return {
      number: 7.9,
      id: 'conformance-probe',
      title: 'Conformance Probe',
      description: 'Tries the installation of the pack that is tested',
      run: (context) => this.#run(context, container),
    };
  }

  async #run(context: BuildContext, container: DependencyContainer): Promise<void> {
    const planned = context.get(BUILD_PLAN).packs.find(({ pack }) => pack.id === this.packId);
    if (this.#armed === undefined || planned === undefined) return;
    const { mode, findings } = this.#armed;
    findings.planned = planned;
    await context.get(PREFETCH_AHEAD);
    const services = await makePackServices(context, container.resolve(StorePaths), this.packId);
    const probe = async (root: PackRoot) => {
      if (mode.kind === 'cancel') findings.cancelled = await cancelInstall(planned, root, services, mode.abort);
      else {
        // The build goes on, and installs by itself: what it says is worth knowing too.
        const installs = await installTwice(planned, root, services, container).catch((error: unknown) => {
          findings.failed = error;
        });
        if (installs) findings.installs = installs;
      }
      throw new ProbeDone();
    };
    const step = {
      id: 'conformance-probe',
      inputs: [process.pid, ++this.#count],
      build: ({ runner, dir }: { readonly runner: PackRoot['runner']; readonly dir: string }) =>
        probe({ runner, layerDir: dir }),
    };
    await context
      .get(BUILD_ROOT)
      .extend(step, context)
      .catch((error: unknown) => {
        if (!(error instanceof ProbeDone)) throw error;
      });
    context.signal.throwIfAborted();
  }
}

/** Cancels at the first sign of life, and tries once more when that has been done. */
async function cancelInstall(
  { pack, request, plan }: PlannedPack,
  root: PackRoot,
  services: PackServices,
  abort: () => void,
): Promise<NonNullable<InstallFindings['cancelled']>> {
  let asked = false;
  const sign = () => {
    if (!asked) setImmediate(abort);
    asked = true;
  };
  const watched: PackServices = {
    ...services,
    log: (line) => {
      sign();
      services.log(line);
    },
    progress: (message) => {
      sign();
      services.progress(message);
    },
  };
  const runner: PackRoot['runner'] = {
    run: (command) => {
      sign();
      return root.runner.run(command);
    },
  };
  const midway = await settle(install(pack, request, plan, { ...root, runner }, watched));
  abort();
  return { midway, before: await settle(install(pack, request, plan, root, services)) };
}

/** A pack may throw where it should reject. */
async function install(
  pack: PlannedPack['pack'],
  request: PackRequest,
  plan: PackPlan,
  root: PackRoot,
  services: PackServices,
): Promise<readonly LanguagePackage[]> {
  return pack.install(request, plan, root, services);
}

async function installTwice(
  { pack, request, plan }: PlannedPack,
  root: PackRoot,
  services: PackServices,
  container: DependencyContainer,
): Promise<NonNullable<InstallFindings['installs']>> {
  const paths = container.resolve(StorePaths);
  const own = [paths.builds, paths.jobs, services.cacheDir];
  const isOthers = (hostPath: string) => own.includes(hostPath) || hostPath.endsWith('/layer.json');
  const storeBefore = snapshotTree(paths.root, 'identity', isOthers);
  const first = await install(pack, request, plan, root, services);
  const layer = snapshotTree(root.layerDir, 'content');
  const second = await install(pack, request, plan, root, services);
  return {
    first,
    second,
    layerChanges: treeChanges(layer, snapshotTree(root.layerDir, 'content')),
    storeChanges: treeChanges(storeBefore, snapshotTree(paths.root, 'identity', isOthers)),
    foreign: foreignFiles(root.layerDir, container.resolve(ID_MAP), paths.root),
    files: [...layer].filter(([, state]) => !state.startsWith('4')).map(([name]) => `/${name}`),
  };
}
