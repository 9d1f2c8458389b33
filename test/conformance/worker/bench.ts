import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DependencyContainer } from 'tsyringe';
import { MinimalRootMaker } from '../../../core/build/minimal-root.js';
import { createContainer, type Plugin } from '../../../core/container.js';
import { BASE_ROOT_MAKER } from '../../../core/contracts/base-root.js';
import type { Host } from '../../../core/contracts/host.js';
import { ID_MAP, type IdMap } from '../../../core/contracts/id-map.js';
import { ISOLATOR, type Isolator } from '../../../core/contracts/isolator.js';
import { type Json, type LanguagePack, PACK } from '../../../core/contracts/language-pack.js';
import { PHASE } from '../../../core/contracts/phase.js';
import type { BuildResult, RunOptions, ValidationReport } from '../../../core/engine/builder.js';
import { Engine } from '../../../core/engine/engine.js';
import { isJobletError, type JobletError } from '../../../core/errors/joblet-error.js';
import type { BuildEvent } from '../../../core/events/build-event.js';
import { StorePaths } from '../../../core/store/store-paths.js';
import { builtInPlugins } from '../../../plugins/built-in.js';
import type { WorkerCase } from '../options.js';
import { BASE_PACK } from './base-pack.js';
import { type InstallFindings, InstallProbe, type ProbeMode } from './install-probe.js';
import { loadPlugin } from './load-plugin.js';
import { NotChecked } from './not-checked.js';
import { specText } from './spec-text.js';

/** A build that has succeeded, with what was seen of it. */
export interface BuiltRuntime {
  readonly result: BuildResult;
  readonly findings: InstallFindings;
}

/** The engine with the pack in it, and what the rules share. */
export class Bench {
  readonly pack: LanguagePack;
  readonly packs: readonly LanguagePack[];
  readonly isolator: Isolator;
  readonly ids: IdMap;
  readonly paths: StorePaths;
  readonly engine: Engine;
  /** The name of the runtime that is built. */
  readonly runtimeName: string;
  #built: BuiltRuntime | undefined;
  #buildTried = false;

  private constructor(
    readonly given: WorkerCase,
    container: DependencyContainer,
    private readonly probe: InstallProbe,
    private readonly log: (line: string) => void,
  ) {
    this.packs = container.resolveAll(PACK);
    const pack = this.packs.find(({ id }) => id === given.pack);
    if (pack === undefined) {
      const known = this.packs.flatMap(({ id }) => (id === BASE_PACK.id ? [] : [id])).join(', ');
      throw new Error(`${given.plugin ?? 'joblet'} has no pack ${given.pack}; there are: ${known}`);
    }
    this.pack = pack;
    this.isolator = container.resolve(ISOLATOR);
    this.ids = container.resolve(ID_MAP);
    this.paths = container.resolve(StorePaths);
    this.engine = container.resolve(Engine);
    this.runtimeName = `conformance-${given.pack}`;
  }

  static async open(given: WorkerCase, log: (line: string) => void): Promise<Bench> {
    const host: Host = { env: given.env, home: given.env['HOME'] ?? '/root', now: () => new Date() };
    const probe = new InstallProbe(given.pack);
    const withProbe: Plugin = (container) => {
      container.register(PHASE, { useFactory: (inner) => probe.phase(inner) });
      container.register(PACK, { useValue: BASE_PACK });
      container.register(BASE_ROOT_MAKER, { useClass: MinimalRootMaker });
    };
    const plugins = [...builtInPlugins, ...(given.plugin === undefined ? [] : [await loadPlugin(given.plugin)])];
    const container = createContainer({ root: given.store, host, plugins: [...plugins, withProbe] });
    const paths = container.resolve(StorePaths);
    await paths.prepare();
    return new Bench(given, container, probe, log);
  }

  get version(): string {
    return this.given.versions[0] ?? '';
  }

  /** A runtime.yaml of this language. */
  spec(parts: { readonly version?: string; readonly values?: Readonly<Record<string, Json>> } = {}): string {
    return specText({ name: this.runtimeName, language: this.pack.id, version: this.version, ...parts });
  }

  async validate(text: string, options: RunOptions = {}): Promise<ValidationReport> {
    return this.engine.validate(await this.specFile(text), options);
  }

  /** Builds the case's runtime with the probe in it. */
  build(mode: ProbeMode, options: RunOptions = {}): Promise<BuiltRuntime> {
    return this.start(mode, options).done;
  }

  /** The probe's findings are there however the build ends. */
  start(
    mode: ProbeMode,
    options: RunOptions,
  ): { readonly findings: InstallFindings; readonly done: Promise<BuiltRuntime> } {
    const findings = this.probe.arm(mode);
    return { findings, done: this.runBuild(findings, options).finally(() => this.probe.disarm()) };
  }

  private async runBuild(findings: InstallFindings, options: RunOptions): Promise<BuiltRuntime> {
    return { result: await this.buildText(this.spec({ values: this.given.values }), options), findings };
  }

  /** Without the probe, unless it is armed. A failure has the last lines of the build's log. */
  async buildText(text: string, options: RunOptions = {}): Promise<BuildResult> {
    const lines: string[] = [];
    const onEvent = (event: BuildEvent) => {
      if (event.type === 'log') {
        lines.push(event.line);
        this.log(event.line);
      }
      options.onEvent?.(event);
    };
    try {
      return await this.engine.build({ path: await this.specFile(text), force: true }, { ...options, onEvent });
    } catch (error) {
      if (!isJobletError(error) || error.code === 'E_CANCELLED') throw error;
      throw new Error(`${describeError(error)}\n${lines.slice(-30).join('\n')}`, { cause: error });
    }
  }

  /** The runtime that most rules look at: built once. */
  async built(): Promise<BuiltRuntime> {
    if (!this.#buildTried) {
      this.#buildTried = true;
      this.#built = await this.build({ kind: 'observe' });
    }
    if (this.#built === undefined) throw new NotChecked('the build has failed');
    return this.#built;
  }

  /** Names of unfinished builds in the store. */
  async unfinishedBuilds(): Promise<readonly string[]> {
    return readdir(this.paths.builds);
  }

  async close(): Promise<void> {
    await this.engine.close();
    if (await this.#isInstalled()) await this.engine.removeRuntime(this.runtimeName);
  }

  async #isInstalled(): Promise<boolean> {
    return (await this.engine.listRuntimes()).some(({ name }) => name === this.runtimeName);
  }

  private async specFile(text: string): Promise<string> {
    const dir = await mkdtemp(path.join(this.given.workDir, 'spec-'));
    const file = path.join(dir, 'runtime.yaml');
    await writeFile(file, text);
    return file;
  }
}

export function describeError(error: JobletError): string {
  return `${error.code}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
}
