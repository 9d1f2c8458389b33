import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Host } from '../contracts/host.js';
import type { IdMap } from '../contracts/id-map.js';
import type { Tree } from '../spec/spec-tree.js';

/** Stands for a function in a sketch. */
export const FUNCTION = '[function]';

/** What a plugin's factories are told while it is only looked at. */
export interface PluginFacts {
  readonly host: Pick<Host, 'env' | 'home'>;
  readonly ids: IdMap;
  readonly storeRoot: string;
}

/** What loading a plugin came to, in a process of its own. */
export type PluginSketch =
  | { readonly kind: 'sketch'; readonly sketch: Tree }
  | { readonly kind: 'failed'; readonly reason: string; readonly code?: string };

export interface SketchOptions {
  readonly url: string;
  readonly facts: PluginFacts;
  readonly timeLimitMs: number;
  readonly signal?: AbortSignal;
}

type Report =
  | { readonly kind: 'sketch'; readonly sketch: Tree }
  | { readonly kind: 'no-export' }
  | { readonly kind: 'thrown'; readonly message: string; readonly code?: string };

/** Past these, the rest only repeats itself. */
const MAX_OUTPUT = 10_000;

/** Loads the module aside and describes what it exports. Never rejects. */
export function sketchPlugin({ url, facts, timeLimitMs, signal }: SketchOptions): Promise<PluginSketch> {
  return new Promise((resolve) => {
    const seconds = timeLimitMs / 1000;
    // timeout(1) is for when this process dies meanwhile: a plugin in an endless loop notices nothing.
    const child = spawn(
      'timeout',
      [
        '-s',
        'KILL',
        String(seconds + 5),
        process.execPath,
        fileURLToPath(new URL('./sketch-child.js', import.meta.url)),
      ],
      { cwd: '/', env: { ...facts.host.env }, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    );
    const outputs = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        outputs[name] = (outputs[name] + text).slice(-MAX_OUTPUT);
      });
    }
    let report: Report | undefined;
    let done = false;
    const end = (result: PluginSketch) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      endGroup(child.pid);
      resolve(result);
    };
    const onAbort = () => end({ kind: 'failed', reason: 'the check was cancelled' });
    const timer = setTimeout(
      () => end({ kind: 'failed', reason: `loading it has not ended after ${seconds} seconds` }),
      timeLimitMs,
    );
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    child.on('error', (error) => end({ kind: 'failed', reason: `it could not be looked at: ${error.message}` }));
    child.on('message', (message: Report) => {
      report ??= message;
    });
    let status: number | null = null;
    child.on('exit', (ended) => {
      status = ended;
      // What the plugin has started would hold the outputs open.
      endGroup(child.pid);
    });
    // What it sent and wrote may still be on the way when it has ended.
    let open = 2;
    const onDrained = () => {
      open -= 1;
      if (open === 0) end(outcome(report, outputs, status));
    };
    child.once('close', onDrained);
    child.once('disconnect', onDrained);
    child.send({ url, facts }, () => {});
  });
}

function outcome(
  report: Report | undefined,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  status: number | null,
): PluginSketch {
  if (report?.kind === 'thrown') {
    const code = report.code === undefined ? {} : { code: report.code };
    return { kind: 'failed', reason: `loading it failed: ${report.message}`, ...code };
  }
  if (report?.kind === 'no-export')
    return { kind: 'failed', reason: 'its module exports no plugin, neither as its default nor as `plugin`' };
  if (report === undefined) {
    const last = /^(?:Uncaught )?\w*Error\b.*$/m.exec(stderr)?.[0];
    return {
      kind: 'failed',
      reason: last === undefined ? `loading it ended the process, with status ${status}` : `loading it failed: ${last}`,
    };
  }
  // In `rnx --json` that would stand in the middle of the document.
  if (stdout !== '') return { kind: 'failed', reason: 'it writes to standard output while it is loaded' };
  return report;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of it runs any more.
  }
}
