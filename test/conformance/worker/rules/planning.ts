import { isDeepStrictEqual } from 'node:util';
import type { LanguagePackage, PackPlan } from '../../../../core/contracts/language-pack.js';
import { exitStatus } from '../../../../core/errors/exit-status.js';
import { isJobletError, type JobletError } from '../../../../core/errors/joblet-error.js';
import { type Bench, describeError } from '../bench.js';
import { NotChecked } from '../not-checked.js';
import { placeOf } from '../place-of.js';

export async function resolvesVersions(bench: Bench): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const version of bench.given.versions) {
    const found = await validationError(bench, bench.spec({ version }));
    if (found !== undefined) problems.push(`${version}: ${describeError(found)}`);
  }
  return problems;
}

export async function refusesUnknownVersion(bench: Bench): Promise<readonly string[]> {
  const version = bench.given.unknownVersion;
  const error = await validationError(bench, bench.spec({ version }));
  if (error === undefined) return [`${version} is taken, and another version would be built`];
  const text = `${error.message}\n${error.hint ?? ''}`;
  return [
    ...(error.code === 'E_INTERNAL' ? [`it ends in an internal error: ${error.message}`] : []),
    ...(text.includes(version) ? [] : [`the error does not name ${version}: ${describeError(error)}`]),
    ...(error.hint === undefined ? [`the error has no hint: ${describeError(error)}`] : []),
  ];
}

export async function refusesMissingPackages(bench: Bench): Promise<readonly string[]> {
  const { missing } = bench.given;
  if (missing === undefined) {
    if (!bench.pack.keys.some(({ packages }) => packages)) return [];
    throw new NotChecked('the case gives no `missing`: packages that no index has');
  }
  const text = bench.spec({ values: missing.values });
  const error = await validationError(bench, text);
  if (error === undefined) return ['they are taken'];
  const line = placeOf(text, missing.at)?.line;
  const lines = (error.places ?? []).map((place) => place.line);
  return [
    ...(error.exitCode === exitStatus.package ? [] : [`it is no error about packages, but ${describeError(error)}`]),
    ...(line !== undefined && lines.includes(line)
      ? []
      : [`the error names no line ${line}: its details need a \`path\`, such as ${JSON.stringify(missing.at)}`]),
    ...(error.hint === undefined ? ['the error has no hint'] : []),
  ];
}

export async function plansExactly(bench: Bench): Promise<readonly string[]> {
  const text = bench.spec({ values: bench.given.values });
  const first = await planOf(bench, text);
  const second = await planOf(bench, text);
  return [
    ...(isDeepStrictEqual(first, second) ? [] : ['the plan of the same spec is another the second time']),
    ...(isDeepStrictEqual(JSON.parse(JSON.stringify(first)), first) ? [] : ['the plan does not survive JSON']),
    ...first.packages.flatMap(exactness),
    ...(first.packages.length === 0 && first.deferred === undefined && Object.keys(bench.given.values).length > 0
      ? ['the plan has no package']
      : []),
  ];
}

function exactness({ name, version, label, hash }: LanguagePackage): readonly string[] {
  return [
    ...(/^[^\s<>=~^*|,]+$/.test(version) ? [] : [`${name} is planned as "${version}", which is no exact version`]),
    ...(label.includes(name) && label.includes(version) ? [] : [`the label of ${name} ${version} is "${label}"`]),
    ...(hash === undefined || /^[a-z0-9]+:\S+$/.test(hash)
      ? []
      : [`the hash of ${name} does not say of which kind it is`]),
  ];
}

async function planOf(bench: Bench, text: string): Promise<PackPlan> {
  const { plan } = await bench.validate(text);
  const own = plan.packs.find(({ pack }) => pack.id === bench.pack.id);
  if (own === undefined) throw new Error('the pack takes no part in its own runtime');
  return own.plan;
}

async function validationError(bench: Bench, text: string): Promise<JobletError | undefined> {
  try {
    await bench.validate(text);
    return undefined;
  } catch (error) {
    if (isJobletError(error)) return error;
    throw error;
  }
}
