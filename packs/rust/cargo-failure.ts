import type { RootCommandResult } from '../../core/contracts/command-runner.js';
import type { PackRequest } from '../../core/contracts/language-pack.js';
import { diskFull, type JobletError, networkFailed, packageNotFound, redactCredentials } from '../../core/pack-kit.js';
import { pathOf } from './crate-spec.js';
import { cargoFailed } from './errors.js';

const NETWORK =
  /failed to (?:get|fetch|download|query)|download of .* failed|Could(?:n't| not) (?:resolve|connect)|Connection (?:refused|reset)|spurious network error|SSL|[Tt]imed? ?out|\[\d+\] |HTTP response code|failed to get successful|unable to (?:get|update) (?:registry|packages)|got (?:4|5)\d\d|network failure/;
const AUTHORIZED = /\b401\b|\b403\b|[Uu]nauthorized|no token found|token rejected/;

/** Reads what cargo says, and which entry of `cargo` it is about. `about`: what was being compiled. */
export function cargoError(
  result: RootCommandResult,
  request: PackRequest,
  about?: { readonly name: string; readonly version: string },
): JobletError {
  const output = redactCredentials(result.stderrTail);
  const text = output.slice(Math.max(0, output.search(/^error(?:\[E\d+\])?: /m)));
  const details = (name: string | undefined) => {
    const path = name === undefined ? undefined : pathOf(request, name);
    return { ...(path === undefined ? {} : { path }), output };
  };
  if (/No space left on device/.test(output)) return diskFull(text);

  const requirement = /failed to select a version for the requirement `([\w-]+) ?= ?"([^"]*)"/.exec(text);
  if (requirement !== null) {
    const [, name = '', wanted = ''] = requirement;
    const there = /didn't match: (.*)$/m.exec(text)?.[1];
    const by = requiredBy(text, request);
    return packageNotFound(`${name} ${wanted}`, {
      hint: `${by === undefined ? '' : `${by} needs it; `}${there === undefined ? 'no version of it matches' : `there are ${there}`}`,
      details: details(by ?? name),
    });
  }
  const unknown =
    /no matching package named `([^`]+)` found/.exec(text)?.[1] ?? /searched package name: `([^`]+)`/.exec(text)?.[1];
  if (unknown !== undefined) {
    const near = /perhaps you meant: +(.*)$/m.exec(text)?.[1];
    const by = requiredBy(text, request);
    return packageNotFound(unknown, {
      hint:
        (by === undefined ? '' : `${by} needs it; `) +
        (near === undefined ? 'check its name; the registry has no crate of this name' : `perhaps ${near} is meant`),
      details: details(by ?? unknown),
    });
  }
  const [first = 'see the output above'] = text.replace(/^error(?:\[E\d+\])?: /, '').split('\n');
  const newer = /(?:package|crate) `([\w-]+) v([^` ]+)[^`]*` cannot be built because it requires rustc ([\d.]+)/.exec(
    text,
  );
  if (newer !== null || /feature `edition20\d\d` is required|lock file version/.test(text)) {
    return cargoFailed(
      newer === null ? first : `${newer[1]} ${newer[2]} is for rust ${newer[3]} and later`,
      'name an older release of the crate, or a newer base.version',
      details(about?.name ?? newer?.[1]),
    );
  }
  if (about === undefined && NETWORK.test(text)) {
    return networkFailed(
      causeOf(text) ?? first,
      AUTHORIZED.test(text)
        ? "put the registry's token into ~/.cargo/credentials.toml or CARGO_REGISTRIES_NAME_TOKEN, never into the YAML"
        : "check the registry in ~/.cargo/config.toml, and this host's proxies and authorities",
      output,
    );
  }
  if (about !== undefined) {
    return cargoFailed(
      `${about.name} ${about.version} cannot be compiled: ${first}`,
      'the lines above are from cargo; what it needs of the system comes with a pre-install hook',
      details(about.name),
    );
  }
  return cargoFailed(
    first,
    'the lines above are from cargo; run with -v for all of it',
    details(requiredBy(text, request)),
  );
}

/** The entry that a chain of `required by` ends at, if it is another than the crate itself. */
function requiredBy(text: string, request: PackRequest): string | undefined {
  const names = [...text.matchAll(/(?:required by|satisfies .* of) package `([\w-]+) v/g)].map(([, name = '']) => name);
  return names.reverse().find((name) => pathOf(request, name) !== undefined);
}

/** The innermost cause that cargo lists. */
function causeOf(text: string): string | undefined {
  const causes = text.split(/^Caused by:$/m).slice(1);
  const lines = causes.flatMap((cause) => cause.trim().split('\n')[0]?.trim() || []);
  return lines.at(-1);
}
