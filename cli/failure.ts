import { cancelled, internalError, usageError } from '../core/errors/errors.js';
import type { JobletError } from '../core/errors/joblet-error.js';
import { findJobletError } from '../core/errors/joblet-error.js';
import { renderPlace } from '../core/spec/report.js';
import { suggest } from '../core/spec/suggest.js';
import { visible } from './render/visible.js';

/** Whatever was thrown, as one of our errors: the first in its chain of causes, or what oclif says of a command line. */
export function asJobletError(error: unknown): JobletError {
  const known = findJobletError(error);
  if (known !== undefined) return known;
  if (isCommandLineError(error)) return fromCommandLine(error);
  if (error instanceof Error && error.name === 'AbortError') return cancelled(error);
  return internalError(error);
}

/** For people. A stack only where `debug` asks for it. */
export function renderFailure(error: JobletError, debug: boolean): string {
  const hint = error.hint === undefined ? '' : `Hint: ${visible(error.hint)}\n`;
  const places = (error.places ?? []).map((place) => `${renderPlace(place, place.file).join('\n')}\n`).join('');
  return `Error: ${visible(error.message)}\n${visible(places)}${hint}${debug ? `\n${stackOf(error)}\n` : ''}`;
}

/** For programs: one document. `status` is what the process will really exit with. */
export function failureDocument(error: JobletError, status: number): { error: Record<string, unknown> } {
  return { error: { ...error.toJSON(), exitCode: status } };
}

interface CommandLineError extends Error {
  readonly oclif: { readonly exit?: number };
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

/** oclif marks its own errors so; ours never have the property. */
function isCommandLineError(error: unknown): error is CommandLineError {
  return error instanceof Error && 'oclif' in error;
}

function fromCommandLine(error: CommandLineError): JobletError {
  const message = error.message.replace(/\n?See more help with --help\s*$/, '').trim();
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
  for (const flag of Array.isArray(error.flags) ? error.flags : []) {
    const nearest = suggest(flag.split('=')[0] ?? flag, known);
    if (nearest !== undefined) return usageError(message, `did you mean ${nearest}? --help shows all flags`);
  }
  return usageError(message, '--help shows how the command is used');
}

function stackOf(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    lines.push(`${lines.length === 0 ? '' : 'Caused by: '}${visible(at.stack ?? at.message)}`);
  }
  return lines.join('\n');
}
