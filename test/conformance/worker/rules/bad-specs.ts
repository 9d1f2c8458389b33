import type { Json } from '../../../../core/contracts/language-pack.js';
import { isJobletError } from '../../../../core/errors/joblet-error.js';
import { parseSpecText } from '../../../../core/spec/parse-spec.js';
import type { SpecReportEntry } from '../../../../core/spec/runtime-spec.js';
import { formatPath } from '../../../../core/spec/spec-position.js';
import type { BadSpec } from '../../options.js';
import type { Bench } from '../bench.js';
import { placeOf } from '../place-of.js';

/** No key takes all of these. */
const WRONG_VALUES: readonly Json[] = [42, true, { a: 1 }];

export async function refusesBadSpecs(bench: Bench): Promise<readonly string[]> {
  const { pack, given, packs } = bench;
  const problems = (given.badSpecs ?? []).flatMap((bad) => check(bench, bad));
  problems.push(...check(bench, { title: 'a version that is none', version: 'no-version', at: ['base', 'version'] }));
  for (const { name } of pack.keys) {
    const accepted = WRONG_VALUES.filter((value) => {
      const bad: BadSpec = { title: '', values: { [name]: value }, at: [name] };
      return check(bench, bad).length > 0;
    });
    if (accepted.length === WRONG_VALUES.length) problems.push(`${name} takes a number, a boolean and a mapping alike`);
  }
  try {
    parseSpecText(bench.spec({ values: given.values }), { packs });
  } catch (error) {
    problems.push(`the case's own values are refused: ${String(error)}`);
  }
  return problems;
}

function check(bench: Bench, bad: BadSpec): readonly string[] {
  const text = bench.spec({ version: bad.version ?? bench.version, ...(bad.values ? { values: bad.values } : {}) });
  const place = placeOf(text, bad.at);
  if (place === undefined) return [`${bad.title}: the case's spec has nothing at ${formatPath(bad.at)}`];
  try {
    parseSpecText(text, { packs: bench.packs });
  } catch (error) {
    if (!isJobletError(error) || error.code !== 'E_SPEC_INVALID') return [`${bad.title}: ended in ${String(error)}`];
    const entries = (error.details['problems'] ?? []) as readonly SpecReportEntry[];
    const here = entries.filter(({ severity, line }) => severity === 'error' && line === place.line);
    const said = here.some(({ message, hint }) => `${message}\n${hint ?? ''}`.includes(bad.says ?? ''));
    if (said) return [];
    const report = entries.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`).join('\n');
    return [
      `${bad.title}: no error at line ${place.line}${bad.says === undefined ? '' : ` says "${bad.says}"`}:\n${report}`,
    ];
  }
  return [`${bad.title}: is taken`];
}
