import { basename, resolve } from 'node:path';
import type { LanguagePack } from '../contracts/language-pack.js';
import { specInvalid, specUnreadable } from '../errors/errors.js';
import type { JobletError } from '../errors/joblet-error.js';
import { buildSpec } from './build-spec.js';
import { checkSpecTree } from './check-spec-tree.js';
import { printable } from './printable.js';
import { readSpecFile } from './read-spec-file.js';
import { redactCredentials } from './redact.js';
import { MAX_ENTRIES, renderReport } from './report.js';
import type { RuleProblem } from './rule-problem.js';
import type { ParsedSpec, SpecReportEntry } from './runtime-spec.js';
import { composeSchema } from './schema.js';
import { SourceText } from './source-text.js';
import type { SpecPath } from './spec-position.js';
import { formatPath, pathKey } from './spec-position.js';
import type { TreeProblem } from './spec-tree.js';
import { readTree } from './spec-tree.js';
import { parseYaml } from './yaml-syntax.js';

export interface ParseSpecOptions {
  readonly packs: readonly LanguagePack[];
}

/**
 * Reads and checks a runtime.yaml; `path` is the file or its folder. Throws E_SPEC_INVALID with every problem of the file in
 * one report, E_SPEC_UNREADABLE when there is no text to check.
 */
export async function parseSpecFile(path: string, options: ParseSpecOptions): Promise<ParsedSpec> {
  const { text, file, displayPath } = await readSpecFile(path);
  return parse(text, file, displayPath, options);
}

/** As `parseSpecFile`, of a text that the caller has. `file` names it in reports. */
export function parseSpecText(text: string, options: ParseSpecOptions & { readonly file?: string }): ParsedSpec {
  const name = options.file ?? 'runtime.yaml';
  if (text.includes('\0')) throw specUnreadable(name, 'has a NUL character', 'a runtime.yaml is UTF-8 text');
  return parse(text, resolve(name), name, options);
}

function parse(text: string, file: string, displayPath: string, options: ParseSpecOptions): ParsedSpec {
  const source = new SourceText(text);
  const { packs } = options;
  const yaml = parseYaml(text);
  if (yaml.kind === 'empty')
    throw specUnreadable(
      displayPath,
      /\S/.test(text) ? 'has nothing but comments' : 'is empty',
      'docs/runtime-yaml.md shows what belongs in it',
    );
  if (yaml.kind === 'broken') {
    const entries = yaml.problems.map(({ offset, message, hint }) => entry(source, offset, [], 'error', message, hint));
    throw invalid(entries, displayPath);
  }
  const schema = composeSchema(packs);
  const tree = readTree(yaml.document, source, schema);
  const offsetOf = (path: SpecPath, of: 'key' | 'value' = 'value'): number => {
    for (let length = path.length; length >= 0; length--) {
      const offset = tree.offset(path.slice(0, length), of) ?? tree.offset(path.slice(0, length));
      if (offset !== undefined) return offset;
    }
    return 0;
  };
  const { problems, packProblems, value } = tree.complete
    ? checkSpecTree(tree.value, schema, packs)
    : { problems: [], packProblems: [], value: undefined };
  const located = (problem: RuleProblem): TreeProblem => ({ ...problem, offset: offsetOf(problem.path, problem.of) });
  const found = onePerPlace([...tree.problems, ...problems.map(located)], packProblems.map(located));
  // Errors come first in what is cut, so that no number of warnings hides one.
  const entries = found
    .slice(0, MAX_ENTRIES + 1)
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, path, severity, message, hint }) => entry(source, offset, path, severity, message, hint));
  if (value === undefined || entries.some(({ severity }) => severity === 'error')) throw invalid(entries, displayPath);
  return {
    spec: buildSpec(value, packs),
    warnings: entries,
    locate: (path) => source.place(offsetOf(path)),
    file,
  };
}

/** Of several complaints of the format about one value only the first helps; a warning adds nothing to an error. */
function onePerPlace(problems: readonly TreeProblem[], packProblems: readonly TreeProblem[]): TreeProblem[] {
  const wrong = new Set<string>();
  const first = problems.filter(({ severity, path, of }) => {
    if (severity !== 'error') return false;
    if (of === 'key') return true;
    const key = pathKey(path);
    return !wrong.has(key) && wrong.add(key);
  });
  const errors = [...first, ...packProblems.filter(({ severity }) => severity === 'error')];
  for (const { path, of } of errors) if (of === 'value') wrong.add(pathKey(path));
  const warnings = [...problems, ...packProblems].filter(({ severity }) => severity === 'warning');
  return [...errors, ...warnings.filter(({ path }) => !wrong.has(pathKey(path)))];
}

function entry(
  source: SourceText,
  offset: number,
  path: SpecPath,
  severity: 'error' | 'warning',
  message: string,
  hint: string | undefined,
): SpecReportEntry {
  return {
    severity,
    path: formatPath(path),
    ...source.place(offset),
    message: printable(redactCredentials(message)),
    ...(hint === undefined ? {} : { hint: printable(redactCredentials(hint)) }),
  };
}

function invalid(entries: readonly SpecReportEntry[], displayPath: string): JobletError {
  return specInvalid(renderReport(entries, basename(displayPath)), entries, displayPath);
}
