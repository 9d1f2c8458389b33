import { run, settings } from '@oclif/core';
import { exitStatus } from '../core/errors/exit-status.js';
import { prepareArguments } from './arguments.js';
import { asJobletError, failureDocument, renderFailure } from './failure.js';
import { visibleJson } from './render/visible.js';

/** Runs one command line and ends the process with its status. `entry` is the URL of a file of this package. */
export async function main(argv: readonly string[], entry: string): Promise<void> {
  // Otherwise NODE_ENV=development in a user's shell makes oclif look for TypeScript sources.
  settings.enableAutoTranspile = false;
  const outputFailure = watchOutput();
  const prepared = prepareArguments(argv);
  try {
    await run(prepared, entry);
  } catch (error) {
    fail(error, isJsonWanted(prepared));
  }
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  const failure = outputFailure();
  if (failure !== undefined && !process.exitCode) {
    process.stderr.write(`Error: cannot write the output: ${failure.message}\n`);
    process.exitCode = exitStatus.hostUnfit;
  }
  // An open standard input that nobody ends would keep the process alive.
  process.exit();
}

/** What happens before a command runs (unknown commands) or beside ours (help, autocomplete). */
function fail(thrown: unknown, json: boolean): void {
  if (isExit(thrown)) {
    process.exitCode = thrown.oclif.exit;
    return;
  }
  const error = asJobletError(thrown);
  if (json) process.stdout.write(`${visibleJson(failureDocument(error, error.exitCode))}\n`);
  else process.stderr.write(renderFailure(error, Boolean(process.env['DEBUG'])));
  process.exitCode = error.exitCode;
}

/** `this.exit(n)` of oclif: not a failure, only a status. */
function isExit(error: unknown): error is { oclif: { exit: number } } {
  return error instanceof Error && 'code' in error && error.code === 'EEXIT' && 'oclif' in error;
}

function isJsonWanted(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

/**
 * A reader that went away (`rnx … | head`) is no error, and a terminal that went away must not stop a cleanup. oclif's own
 * listener throws for all but the first, so it goes. Returns what else went wrong, a full disk say.
 */
function watchOutput(): () => Error | undefined {
  let failure: Error | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO' && stream === process.stdout) failure ??= error;
    });
  }
  return () => failure;
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });
}
