import { chmod, chown } from 'node:fs/promises';
import type { CommandRunner } from '../contracts/command-runner.js';
import type { HostNetwork } from '../contracts/host-network.js';
import type { IdMap } from '../contracts/id-map.js';
import type { Isolator, RootSource } from '../contracts/isolator.js';
import type { Json } from '../contracts/language-pack.js';
import type { BuildServices } from '../contracts/platform-adapter.js';
import type { Layer, LayerCache } from '../store/layer-cache.js';
import { contentKey } from '../store/store-paths.js';
import type { Workspace } from '../store/workspace.js';
import { RootRunner } from './root-runner.js';

export interface LayerDraft {
  /** Runs in the root with all layers so far; changes go to this layer. */
  readonly runner: CommandRunner;
  /** The layer's own files. */
  readonly dir: string;
  /** A host directory that is /tmp inside. */
  readonly tmpDir: string;
}

export interface LayerStep {
  /** `install-base`. */
  readonly id: string;
  /** All that the result depends on beside the layers below. */
  readonly inputs: Json;
  /** What it returns is kept with the layer. */
  build(draft: LayerDraft): Promise<Json>;
}

export interface BuildRootParts {
  readonly cache: LayerCache;
  readonly workspace: Workspace;
  readonly isolator: Isolator;
  readonly network: HostNetwork;
  readonly ids: IdMap;
}

/** The root that a build works in: a base and one layer a step, each from the cache where its inputs are known. */
export class BuildRoot {
  readonly #layers: Layer[];

  constructor(
    private readonly parts: BuildRootParts,
    base: Layer,
  ) {
    this.#layers = [base];
  }

  /** Topmost first, as overlayfs names them. */
  get layers(): readonly Layer[] {
    return this.#layers;
  }

  get lower(): readonly string[] {
    return this.#layers.map((layer) => layer.dir);
  }

  async extend(step: LayerStep, services: BuildServices): Promise<{ readonly layer: Layer; readonly cached: boolean }> {
    const { cache, workspace } = this.parts;
    const lower = this.lower;
    const result = await cache.obtain(
      {
        key: contentKey([this.#layers[0]?.key, step.id, step.inputs]),
        id: step.id,
        build: async (dir, work) => {
          const tmpDir = await this.makeTmp();
          const root: RootSource = { kind: 'overlay', lower, upper: { hostPath: dir, work } };
          return step.build({ runner: this.runnerFor(root, services, tmpDir), dir, tmpDir });
        },
      },
      {
        workspace,
        signal: services.signal,
        onWait: () => services.progress('waiting for another build that makes this layer'),
      },
    );
    this.#layers.unshift(result.layer);
    return result;
  }

  /** Reads the root as it stands; nothing that a command changes is kept. */
  async reader(services: BuildServices): Promise<CommandRunner> {
    return this.runnerFor({ kind: 'overlay', lower: this.lower }, services, await this.makeTmp());
  }

  private runnerFor(root: RootSource, services: BuildServices, tmpDir: string): CommandRunner {
    const { isolator, network } = this.parts;
    return new RootRunner({
      isolator,
      network,
      root,
      services,
      tmp: { hostPath: tmpDir, rootPath: '/tmp', writable: true },
    });
  }

  private async makeTmp(): Promise<string> {
    return makeRootTmp(this.parts.workspace, this.parts.ids);
  }
}

/** A directory on disk to be bound as a root's /tmp. */
export async function makeRootTmp(workspace: Workspace, ids: IdMap): Promise<string> {
  const dir = await workspace.make('tmp');
  await chown(dir, ids.hostStart, ids.hostStart);
  await chmod(dir, 0o1777);
  return dir;
}
