import type { Config } from '@oclif/core/config';
import { exitStatus } from '../core/errors/exit-status.js';
import { prepareArguments } from './arguments.js';
import { BareConfig } from './bare-config.js';
import type { BaseCommand } from './base-command.js';
import { exactArguments } from './exact-arguments.js';
import { asJobletError, failureDocument, renderFailure } from './failure.js';
import { visibleJson } from './render/visible.js';

/** The commands of this package by their ids: `runtime:build`. */
export type Commands = Readonly<Record<string, new (argv: string[], config: Config) => BaseCommand>>;

/** The program with all commands. */
export interface Program {
  readonly main: typeof main;
  readonly COMMANDS: Commands;
}

/**
 * Runs one command line and ends the process with its status. `root` is the directory of this package; `whole` is asked where
 * `commands` are not all and have not the one that is wanted.
 */
export async function main(
  argv: readonly string[],
  root: string,
  commands: Commands,
  whole?: () => Program,
): Promise<void> {
  const prepared = prepareArguments(exactArguments(argv));
  if (whole !== undefined && commandId(prepared, commands) === undefined) {
    const program = whole();
    return program.main(argv, root, program.COMMANDS);
  }
  const outputFailure = watchOutput();
  try {
    await runCommand(prepared, root, commands);
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

/** oclif itself is for what is not one of our commands: help, completion, a word that nobody knows. */
async function runCommand(argv: readonly string[], root: string, commands: Commands): Promise<void> {
  const id = commandId(argv, commands);
  const command = id === undefined ? undefined : commands[id];
  if (id !== undefined && command !== undefined && !isHelpWanted(argv)) {
    await new command(argv.slice(id.includes(':') ? 2 : 1), new BareConfig()).execute();
    return;
  }
  const [{ run }, { settings }] = await Promise.all([import('@oclif/core/run'), import('@oclif/core/settings')]);
  // Otherwise NODE_ENV=development in a user's shell makes oclif look for TypeScript sources.
  settings.enableAutoTranspile = false;
  await run([...argv], root);
}

function commandId(argv: readonly string[], commands: Commands): string | undefined {
  const words = argv.slice(0, 2).filter((word) => !word.startsWith('-'));
  return [words.join(':'), words[0] ?? ''].find((one) => Object.hasOwn(commands, one));
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
  return ownFlags(argv).includes('--json');
}

function isHelpWanted(argv: readonly string[]): boolean {
  return ownFlags(argv).some((arg) => arg === '--help' || arg === '-h');
}

function ownFlags(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
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
