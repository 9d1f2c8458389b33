import type { DefaultRenderer, Listr, ListrTaskWrapper } from 'listr2';
import type { BuildEvent, PhaseRef } from '../../core/events/build-event.js';
import type { Output } from '../surroundings.js';
import type { BuildView } from './build-view.js';
import { formatDuration } from './quantities.js';
import { visibleLine } from './visible.js';

type PhaseTask = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer>;

export interface TreeBuildOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly phases: readonly Omit<PhaseRef, 'id'>[];
  /** Leave nothing on the screen at the end. @default false */
  readonly clear?: boolean;
  /** How long a build may take before it is worth a tree: one that is up to date ends sooner. @default 150 */
  readonly delayMs?: number;
}

type Outcome = 'done' | 'failed' | 'cancelled' | 'never-ran';

interface Row {
  readonly number: number;
  readonly title: string;
  readonly started: Promise<boolean>;
  readonly ended: Promise<Outcome>;
  start(ran: boolean): void;
  end(outcome: Outcome): void;
  startedAt: number;
  durationMs: number;
  task: PhaseTask | undefined;
  output: string;
}

/** A row for each phase, with its time and the current line of output; for terminals. */
export class TreeBuild implements BuildView {
  readonly #rows: readonly Row[];
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;

  constructor(private readonly options: TreeBuildOptions) {
    this.#rows = options.phases.map(makeRow);
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, options.delayMs ?? 150);
  }

  onEvent(event: BuildEvent): void {
    switch (event.type) {
      case 'phase-started':
        this.#start(event.phase, event.at);
        break;
      case 'progress':
        this.#show(event.phase, visibleLine(event.message));
        break;
      case 'log':
        this.#show(event.phase, visibleLine(event.line));
        break;
      case 'warning':
        this.#show(event.phase, `warning: ${visibleLine(event.message)}`);
        break;
      case 'phase-ended':
        this.#end(event.phase, event.outcome, event.durationMs);
        break;
    }
  }

  note(text: string): void {
    this.#write(this.#rows.find(isRunning), text);
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    for (const row of this.#rows) {
      row.start(false);
      row.end('never-ran');
    }
    await this.#running;
  }

  #start(phase: PhaseRef, at: number): void {
    const row = this.#rowOf(phase);
    if (row === undefined) return;
    if (row.startedAt === 0 || row.number === phase.number) row.startedAt = at;
    row.start(true);
  }

  #end(phase: PhaseRef, outcome: Outcome, durationMs: number): void {
    const row = this.#rowOf(phase);
    if (row === undefined || (row.number !== phase.number && outcome === 'done')) return;
    row.durationMs = durationMs;
    row.end(outcome);
  }

  /** Work that runs ahead of its phase shows in the row that is running. */
  #show(phase: PhaseRef, line: string): void {
    const own = this.#rowOf(phase);
    this.#write(own !== undefined && isRunning(own) ? own : this.#rows.find(isRunning), line);
  }

  #write(row: Row | undefined, line: string): void {
    if (row === undefined || line === '') return;
    row.output = line;
    if (row.task !== undefined) row.task.output = line;
  }

  /** A third party's phase between ours shows in the row of the next one. */
  #rowOf(phase: PhaseRef): Row | undefined {
    return this.#rows.find((row) => row.number >= phase.number);
  }

  async #run(): Promise<void> {
    const listr = await makeListr(this.#rows, this.options);
    // The command reports the failure; here it only decides how the row looks.
    await listr.run().catch(() => undefined);
  }
}

async function makeListr(
  rows: readonly Row[],
  options: TreeBuildOptions,
): Promise<Listr<unknown, 'default', 'default'>> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  // Its types want terminals; it only ever writes to them.
  const processOutput = new ProcessOutput(options.stdout as NodeJS.WriteStream, options.stderr as NodeJS.WriteStream, {
    leaveEmptyLine: false,
  });
  const rendererOptions = {
    logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput }),
    showErrorMessage: false,
    collapseSkips: true,
    showSkipMessage: false,
    clearOutput: options.clear ?? false,
    formatOutput: 'truncate' as const,
  };
  return new Listr(
    rows.map((row) => ({ title: row.title, task: (_: unknown, task: PhaseTask) => runRow(row, task) })),
    {
      renderer: 'default',
      rendererOptions,
      // Whether this is a terminal was decided before; listr would ask process.stdout again.
      fallbackRenderer: 'default',
      fallbackRendererOptions: rendererOptions,
      // Its own handler ends the process in the middle of the cleanup.
      registerSignalListeners: false,
    },
  );
}

async function runRow(row: Row, task: PhaseTask): Promise<void> {
  if (!(await row.started)) return task.skip();
  row.task = task;
  if (row.output !== '') task.output = row.output;
  const clock = setInterval(() => {
    task.title = `${row.title} (${formatDuration(Math.floor((Date.now() - row.startedAt) / 1000) * 1000)})`;
  }, 1000);
  const outcome = await row.ended;
  clearInterval(clock);
  row.task = undefined;
  if (row.durationMs >= 0) task.title = `${row.title} (${formatDuration(row.durationMs)})`;
  if (outcome !== 'done') throw new Error(outcome);
}

function isRunning(row: Row): boolean {
  return row.startedAt > 0 && row.durationMs < 0;
}

function makeRow({ number, title }: Omit<PhaseRef, 'id'>): Row {
  let start: (ran: boolean) => void = () => {};
  let end: (outcome: Outcome) => void = () => {};
  return {
    number,
    title: `${String(number).padStart(2)} ${title}`,
    started: new Promise((resolve) => {
      start = resolve;
    }),
    ended: new Promise((resolve) => {
      end = resolve;
    }),
    start: (ran) => start(ran),
    end: (outcome) => end(outcome),
    startedAt: 0,
    durationMs: -1,
    task: undefined,
    output: '',
  };
}
