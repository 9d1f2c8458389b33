import { basename } from 'node:path';
import type { ErrorPlace, JobletError } from '../errors/joblet-error.js';
import type { ParsedSpec } from '../spec/runtime-spec.js';
import type { SpecPath } from '../spec/spec-position.js';

/** The lines of the spec that an error's details name, in the file's order. */
export function placesOf({ details }: JobletError, parsed: ParsedSpec | undefined): readonly ErrorPlace[] {
  if (parsed === undefined) return [];
  const paths = [details, ...listOf(details['problems'])].map((one) => one['path']).filter(isSpecPath);
  const places = paths.map((path) => {
    const { line, column, source } = parsed.locate(path);
    return { file: basename(parsed.file), line, column, source };
  });
  const byLine = new Map(places.map((place) => [place.line, place]));
  return [...byLine.values()].sort((a, b) => a.line - b.line);
}

function listOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function isSpecPath(value: unknown): value is SpecPath {
  return Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number');
}
