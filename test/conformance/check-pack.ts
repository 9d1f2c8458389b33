import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import type { PackCase, WorkerCase } from './options.js';
import { openPrivateHost, type PrivateHost } from './private-host.js';
import type { ConformanceReport, RuleResult } from './report.js';
import { HOST_RULE, RULES } from './rules.js';

const PATIENCE_MS = 30 * 60_000;

/**
 * Runs every rule of the contract against a pack, with real builds in a store of its own. Needs root, and what `rnx doctor` asks for.
 * What a pack does wrong is in the report; rejects only when nothing could be checked.
 */
export async function checkPack(given: PackCase): Promise<ConformanceReport> {
  if (process.getuid?.() !== 0) throw new Error('the conformance kit builds roots and runs jobs: run it as root');
  if (given.versions.length === 0) throw new Error('a pack needs one version at least that can be had here');
  const made = given.store === undefined ? await mkdtemp(path.join(tmpdir(), 'joblet-conformance-')) : undefined;
  const store = await realpath(made ?? given.store ?? '');
  // Removed here, as the worker may be killed.
  await mkdir(path.join(store, 'state'), { recursive: true, mode: 0o700 });
  const workDir = await mkdtemp(path.join(store, 'state', 'conformance-'));
  const host = await openPrivateHost(store);
  try {
    const { results, ended } = await runWorker(given, { store, workDir }, host);
    const found = new Map(results.map((result) => [result.id, result]));
    const changes = await host.changes();
    found.set(HOST_RULE.id, {
      ...HOST_RULE,
      outcome: changes.length === 0 ? 'passed' : 'failed',
      problems: changes.map((change) => `${change} was made, changed or removed`),
    });
    const rules = RULES.map(
      (rule): RuleResult => found.get(rule.id) ?? { ...rule, outcome: 'not-checked', problems: [ended] },
    );
    return { pack: given.pack, passed: rules.every(({ outcome }) => outcome === 'passed'), rules };
  } finally {
    await host.close();
    await rm(workDir, { recursive: true, force: true });
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }
}

/** A process of its own: a pack that hangs, crashes or writes where it should not can then do no harm to the test. */
async function runWorker(
  given: PackCase,
  place: Pick<WorkerCase, 'store' | 'workDir'>,
  host: PrivateHost,
): Promise<{ readonly results: readonly RuleResult[]; readonly ended: string }> {
  const { plugin, log, signal, timeoutMs, ...data } = given;
  const request: WorkerCase = {
    ...data,
    ...place,
    env: data.env ?? definedOnly(process.env),
    ...(plugin === undefined ? {} : { plugin: moduleUrl(plugin) }),
  };
  const [program, ...args] = host.enter([process.execPath, '--enable-source-maps', workerFile()]);
  const worker = execa(program, args, {
    ipc: true,
    ipcInput: { ...request },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    all: true,
    timeout: timeoutMs ?? PATIENCE_MS,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const output: string[] = [];
  worker.all.on('data', (chunk) => {
    output.push(String(chunk));
    if (output.length > 100) output.shift();
  });
  const results: RuleResult[] = [];
  for await (const message of worker.getEachMessage()) {
    if (isResult(message)) results.push(message);
    else if (isLogLine(message)) log?.(message.log);
  }
  const { exitCode, timedOut, isCanceled, shortMessage } = await worker;
  const last = output.join('').trimEnd();
  const ended = timedOut
    ? 'the pack was ended: it took too long'
    : isCanceled
      ? 'cancelled'
      : `the process that checks it ended (${exitCode ?? shortMessage})${last === '' ? '' : `:\n${last}`}`;
  if (results.length === 0) throw new Error(ended);
  return { results, ended };
}

function isResult(message: unknown): message is RuleResult {
  return typeof message === 'object' && message !== null && 'outcome' in message;
}

function isLogLine(message: unknown): message is { readonly log: string } {
  return typeof message === 'object' && message !== null && 'log' in message;
}

/** Compiled code, also when this file is run from its source. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./worker/worker.js', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../dist/test/conformance/worker/worker.js', import.meta.url));
}

function moduleUrl(plugin: string | URL): string {
  if (plugin instanceof URL) return plugin.href;
  return plugin.startsWith('file:') ? plugin : pathToFileURL(path.resolve(plugin)).href;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
