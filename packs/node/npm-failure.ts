import { closest, distance } from 'fastest-levenshtein';
import type { RootCommandResult } from '../../core/contracts/command-runner.js';
import { diskFull, type JobletError, networkFailed, packageNotFound, redactCredentials } from '../../core/pack-kit.js';
import { npmFailed } from './errors.js';
import { parsePackageSpec } from './package-spec.js';
import { POPULAR_NAMES } from './popular-names.js';

/** As `npm --json` prints it. */
interface NpmReport {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
}

const NETWORK =
  /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|E5\d\d|E401|E403|E407|UNABLE_TO|CERT_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/;

/** Reads what npm says, and what it is about: `list` is the spec's. */
export function npmError(result: RootCommandResult, list: readonly (string | undefined)[]): JobletError {
  const { code, summary, detail } = reportOf(result);
  const text = redactCredentials(`${summary}\n${detail}`.trim());
  const [line = 'see the output above'] = text.split('\n');
  const about = { ...pathOf(text, list), output: redactCredentials(result.stderrTail) };
  if (code === 'ENOSPC') return diskFull(text);
  if (code === 'E404' || code === 'ETARGET' || code === 'ENOVERSIONS') {
    const wanted =
      /'((?:@[^/']+\/)?[^@']+@[^']*)'/.exec(text)?.[1] ??
      /for ((?:@[^/\s]+\/)?[^@\s]+@\S+?)\.?$/m.exec(text)?.[1] ??
      line;
    const name = wanted.replace(/(?<=.)@.*$/, '');
    const nearest = code === 'ETARGET' ? undefined : nearestName(name);
    const hint =
      code === 'ETARGET'
        ? `no version of it matches; npm view ${name} versions shows what there is`
        : nearest !== undefined
          ? `did you mean ${nearest}?`
          : 'check its name; a private package needs its registry, and leave to read it, in ~/.npmrc';
    const details = { ...about, ...(nearest === undefined ? {} : { nearest }) };
    return packageNotFound(code === 'ETARGET' ? wanted : name, { hint, details });
  }
  if (NETWORK.test(code)) {
    return networkFailed(
      line,
      'check the registry of npm, and the proxies and authorities of this host',
      result.stderrTail,
    );
  }
  if (code === 'ERESOLVE') {
    return npmFailed('packages want different versions of one that they share', 'loosen one of the versions', {
      ...about,
      output: text,
    });
  }
  if (code === 'EINTEGRITY') {
    return npmFailed(
      line,
      'the registry has another file than its own list says: try again, or ask who keeps it',
      about,
    );
  }
  return npmFailed(line, 'the lines above are from npm; run with -v for all of them', about);
}

/** The entry of `npm` that is not there, of an error that says so. */
export function missingEntry({ code, details }: JobletError): number | undefined {
  const index = Array.isArray(details['path']) ? details['path'][1] : undefined;
  return code === 'E_PACKAGE_NOT_FOUND' && typeof index === 'number' ? index : undefined;
}

/** Several such errors as one. `problems` has each with its place. */
export function allMissing(found: readonly JobletError[]): JobletError {
  const errors = [...found].sort((a, b) => (missingEntry(a) ?? 0) - (missingEntry(b) ?? 0));
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  const problems = errors.map(({ message, hint, details }) => ({ path: details['path'], message, hint }));
  const names = errors.map(({ message }) => message.replace(/^package not found: /, ''));
  const hint = errors.map((error, at) => `${names[at]}: ${error.hint}`).join('; ');
  return packageNotFound(names.join(', '), { hint, details: { path: first?.details['path'], problems } });
}

function nearestName(name: string): string | undefined {
  const nearest = closest(name, [...POPULAR_NAMES]);
  return nearest !== name && distance(name, nearest) <= Math.max(1, Math.floor(name.length / 4)) ? nearest : undefined;
}

function reportOf({ stdout, stderrTail }: RootCommandResult): NpmReport {
  const start = stdout.indexOf('{');
  try {
    const { error } = JSON.parse(stdout.slice(start)) as { readonly error?: Partial<NpmReport> };
    if (error?.code !== undefined)
      return { code: error.code, summary: error.summary ?? '', detail: error.detail ?? '' };
  } catch {
    // It died before it could say so.
  }
  const code = /^npm (?:error|ERR!) code (\S+)/m.exec(stderrTail)?.[1] ?? '';
  const said = [...stderrTail.matchAll(/^npm (?:error|ERR!) (?!code )(.*)$/gm)].map(([, text]) => text);
  return { code, summary: said[0] ?? stderrTail.trim().split('\n').at(-1) ?? '', detail: said.slice(1).join('\n') };
}

/** The entry of `npm` that a sentence names; of a dependency's package there is none. */
function pathOf(text: string, list: readonly (string | undefined)[]): { readonly path?: readonly (string | number)[] } {
  const names = list.map((entry) => (entry === undefined ? undefined : (parsePackageSpec(entry)?.name ?? entry)));
  const words = text.match(/(?:@[\w.~-]+(?:\/|%2f))?[\w.~-]+/gi)?.map((word) => word.replace(/%2f/i, '/')) ?? [];
  for (const word of words) {
    const index = names.indexOf(word);
    if (index >= 0) return { path: ['npm', index] };
  }
  return {};
}
