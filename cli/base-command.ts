import { resolve } from 'node:path';
import { Command } from '@oclif/core/command';
import type { Config } from '@oclif/core/config';
import * as Flags from '@oclif/core/flags';
import type { Builder } from '../core/engine/builder.js';
import type { Jobs } from '../core/engine/jobs.js';
import { usageError } from '../core/errors/errors.js';
import type { JobletError } from '../core/errors/joblet-error.js';
import type { PhaseRef } from '../core/events/build-event.js';
import { DEFAULT_STORE, type EngineOptions, type PluginSettings } from './engine.js';
import { asJobletError, failureDocument, renderFailure } from './failure.js';
import type { BuildView } from './render/build-view.js';
import { silentView } from './render/build-view.js';
import { visibleJson, visibleLine } from './render/visible.js';
import type { Cancellation } from './signals.js';
import { cancelOnSignals } from './signals.js';
import type { Surroundings } from './surroundings.js';
import { processSurroundings } from './surroundings.js';

interface BuildViewOptions {
  readonly phases: readonly Omit<PhaseRef, 'id'>[];
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** What every command does alike: its engine, its streams, one way to fail. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    root: Flags.string({
      description: 'directory of the store [env: JOBLET_ROOT] [default: /opt/joblet]',
      helpGroup: 'GLOBAL',
      helpValue: 'DIR',
    }),
  };

  protected readonly around: Surroundings;
  #cancellation: Cancellation | undefined;
  #view: BuildView = silentView;

  constructor(argv: string[], config: Config, around: Surroundings = processSurroundings()) {
    super(argv, config);
    this.around = around;
  }

  /** What oclif's static `run` does after making the instance; for a caller that brings surroundings of its own. */
  execute(): Promise<unknown> {
    return this._run();
  }

  protected builder(flags: { readonly root?: string | undefined }): Promise<Builder> {
    return this.around.openBuilder(this.#engineOptions(flags));
  }

  /** With the plugins of third parties; each that cannot be used is named on standard error. */
  protected builderWithPlugins(flags: { readonly root?: string | undefined }): Promise<Builder> {
    return this.around.openBuilder({
      ...this.#engineOptions(flags),
      signal: this.cancellation(),
      onRejected: ({ name, problems: [first = '', ...more] }) => {
        const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
        this.printError(`Warning: ${visibleLine(`plugin ${name} is left out: ${first}${rest}; see rnx pack list`)}\n`);
      },
    });
  }

  /** Where plugins of third parties are, for what looks after them. */
  protected async pluginSettings(flags: { readonly root?: string | undefined }): Promise<PluginSettings> {
    const { pluginSettings } = await import('./engine.js');
    return { ...(await pluginSettings(this.#engineOptions(flags))), signal: this.cancellation() };
  }

  protected jobs(flags: { readonly root?: string | undefined }): Promise<Jobs> {
    return this.around.openJobs(this.#engineOptions(flags));
  }

  /** The directory of the store that is asked for; undefined for the default one. */
  protected storeRoot(flags: { readonly root?: string | undefined }): string | undefined {
    return this.#engineOptions(flags).root;
  }

  /** For the monitor of a detached job: writes the end of the job whose ID is added to it. */
  protected settleCommand(flags: { readonly root?: string | undefined }): readonly string[] {
    const root = resolve(this.#engineOptions(flags).root ?? DEFAULT_STORE);
    return [...this.around.program, 'job', 'settle', `--root=${root}`, '--'];
  }

  #engineOptions(flags: { readonly root?: string | undefined }): EngineOptions {
    if (flags.root === '') throw usageError('--root is empty', 'name the directory of the store');
    const { env } = this.around;
    // Not oclif's `env` option: that one reads the process's environment, whatever this command's surroundings are.
    const root = flags.root ?? (env['JOBLET_ROOT'] || undefined);
    return { env, ...(root === undefined ? {} : { root }) };
  }

  /** `--root`, where the same shell would not find that store without it. */
  protected rootFlag(flags: { readonly root?: string | undefined }): string | undefined {
    return flags.root === this.around.env['JOBLET_ROOT'] ? undefined : flags.root;
  }

  /** One that can show the tree: all rows and what stands under one of them have to fit. */
  protected isTerminal(): boolean {
    const { stdout, env } = this.around;
    const { columns = 80, rows = 24 } = stdout;
    return stdout.isTTY === true && columns >= 40 && rows >= 17 && env['TERM'] !== 'dumb' && !this.jsonEnabled();
  }

  /** How a build is shown here. `quiet`: only on a terminal, and nothing of it stays. */
  protected async buildView(options: BuildViewOptions): Promise<BuildView> {
    this.#view = await this.#makeView(options);
    return this.#view;
  }

  async #makeView({ phases, verbose, quiet }: BuildViewOptions): Promise<BuildView> {
    const { stdout, stderr } = this.around;
    if (this.isTerminal() && !verbose) {
      const { TreeBuild } = await import('./render/tree-build.js');
      return new TreeBuild({ stdout, stderr, phases, clear: quiet });
    }
    if ((quiet || this.jsonEnabled()) && !verbose) return silentView;
    const { PlainBuild } = await import('./render/plain-build.js');
    const output = quiet || this.jsonEnabled() ? stderr : stdout;
    return new PlainBuild({ write: (text) => output.write(text), verbose });
  }

  /** Ends what it is given to with the first Ctrl-C, TERM or HUP; the exit status then says which. */
  protected cancellation(): AbortSignal {
    this.#cancellation ??= cancelOnSignals(this.around.signals, (repeated) => {
      const text = repeated ? 'still cleaning up' : 'cancelled: cleaning up';
      if (this.#view.note !== undefined) this.#view.note(text);
      else if (repeated) this.printError(`${text}\n`);
    });
    return this.#cancellation.signal;
  }

  protected print(text: string): void {
    if (!this.jsonEnabled()) this.around.stdout.write(text);
  }

  protected printError(text: string): void {
    this.around.stderr.write(text);
  }

  override logJson(document: unknown): void {
    this.around.stdout.write(`${visibleJson(document)}\n`);
  }

  /** The exit status for a failure: the error's own, unless a signal was the reason. */
  protected statusOf(error: JobletError): number {
    return (error.code === 'E_CANCELLED' ? this.#cancellation?.exitStatus() : undefined) ?? error.exitCode;
  }

  /** Prints the failure itself and does not throw it on, or oclif would print it again in its own form. */
  protected override async catch(thrown: unknown): Promise<void> {
    // oclif would add a warning that a wrong command line was not parsed.
    this.parsed = true;
    const error = asJobletError(thrown);
    const status = this.statusOf(error);
    if (this.jsonEnabled()) this.logJson(failureDocument(error, status));
    else this.printError(renderFailure(error, Boolean(this.around.env['DEBUG'])));
    this.around.setExitStatus(status);
  }

  protected override async finally(_error: Error | undefined): Promise<void> {
    this.#cancellation?.release();
  }

  protected override toErrorJson(thrown: unknown): unknown {
    const error = asJobletError(thrown);
    return failureDocument(error, this.statusOf(error));
  }
}
