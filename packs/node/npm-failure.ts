import type { RootCommandResult } from '../../core/contracts/command-runner.js';
import { diskFull, type JobletError, networkFailed, packageNotFound, redactCredentials } from '../../core/pack-kit.js';
import { npmFailed } from './errors.js';
import { parsePackageSpec } from './package-spec.js';

/** As `npm --json` prints it. */
interface NpmReport {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
}

const NETWORK =
  /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EAI_|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|E5\d\d|E401|E403|E407|UNABLE_TO|CERT_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/;

/** Reads what npm says, and what it is about: `list` is the spec's. */
export function npmError(result: RootCommandResult, list: readonly string[]): JobletError {
  const { code, summary, detail } = reportOf(result);
  const text = redactCredentials(`${summary}\n${detail}`.trim());
  const [line = 'see the output above'] = text.split('\n');
  const about = { ...pathOf(text, list), output: redactCredentials(result.stderrTail) };
  if (code === 'ENOSPC') return diskFull(text);
  if (code === 'E404' || code === 'ETARGET') {
    const name =
      /'((?:@[^/']+\/)?[^@']+)@[^']*'/.exec(text)?.[1] ?? /for ((?:@[^/\s]+\/)?[^@\s]+@\S+?)\.?$/m.exec(text)?.[1];
    return packageNotFound(name ?? line, {
      hint:
        code === 'ETARGET'
          ? `no version of it matches; npm view ${name?.replace(/(?<=.)@.*$/, '') ?? 'NAME'} versions shows what there is`
          : 'check its name; a private package needs its registry, and leave to read it, in ~/.npmrc',
      details: about,
    });
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
function pathOf(text: string, list: readonly string[]): { readonly path?: readonly (string | number)[] } {
  const names = list.map((entry) => parsePackageSpec(entry)?.name ?? entry);
  const words = text.match(/(?:@[\w.~-]+(?:\/|%2f))?[\w.~-]+/gi)?.map((word) => word.replace(/%2f/i, '/')) ?? [];
  for (const word of words) {
    const index = names.indexOf(word);
    if (index >= 0) return { path: ['npm', index] };
  }
  return {};
}
