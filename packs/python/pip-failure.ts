import { closest, distance } from 'fastest-levenshtein';
import { diskFull, type JobletError, redactCredentials } from '../../core/pack-kit.js';
import { pipInstallFailed } from './errors.js';
import type { PipSettings } from './host-pip-config.js';
import { networkCause } from './network-cause.js';
import { MODULE_NAMES, POPULAR_NAMES } from './popular-names.js';
import { normaliseName, requirementName } from './requirement-name.js';

/** Why a pip command failed. `needs-build`: a source package could not be prepared where it was tried. */
export type PipFailure =
  | { readonly kind: 'error'; readonly error: JobletError }
  | { readonly kind: 'needs-build'; readonly reason: string; readonly error: JobletError };

export interface PipFailureContext {
  readonly requirements: readonly string[];
  readonly settings: PipSettings;
}

export const BUILD_HINT =
  'what its build needs (a compiler, headers) can be installed by a pre_install hook; -v shows the whole output';

/** Reads pip's output. The network comes first: when it cannot reach an index, pip says that there are no versions. */
export function diagnosePipFailure(output: string, context: PipFailureContext): PipFailure {
  const text = redactCredentials(output);
  if (/No space left on device|Errno 28\b/.test(text)) return { kind: 'error', error: diskFull(text) };
  const network = networkCause(text, context.settings);
  if (network) return { kind: 'error', error: network };
  const missing = notFound(text, context);
  if (missing) return { kind: 'error', error: missing };
  const conflict = /^ERROR: (Cannot install .*conflicting dependencies\.)/m.exec(text)?.[1];
  if (conflict) return { kind: 'error', error: conflictError(conflict, text, context) };
  const needsBuild = /subprocess-exited-with-error|metadata-generation-failed|Failed to build|Cannot find command/.test(
    text,
  );
  const reason = lastError(text);
  const error = pipInstallFailed(reason, {
    hint: needsBuild ? BUILD_HINT : 'the lines above are from pip; run with -v for all of them',
    details: { ...pathOf(reason, context), output: text.split('\n').slice(-40).join('\n') },
  });
  if (needsBuild) return { kind: 'needs-build', reason, error };
  return { kind: 'error', error };
}

/** pip's last word; where that is only a name of a kind of failure, with the package that pip names below it. */
function lastError(text: string): string {
  const last = [...text.matchAll(/^\s*(?:ERROR|error): (.*)$/gm)].at(-1)?.[1] ?? text.trim().split('\n').at(-1) ?? '';
  const named = /^\s*╰─> (\S+)$/m.exec(text)?.[1];
  return /^[a-z]+(?:-[a-z]+)+$/.test(last.trim()) && named
    ? `${named}: ${last.trim().replaceAll('-', ' ')}`
    : last.trim();
}

function notFound(text: string, context: PipFailureContext): JobletError | undefined {
  const match = /Could not find a version that satisfies the requirement (.+?) \(from versions: ([^)]*)\)/.exec(text);
  if (!match) return undefined;
  const [, wanted = '', list = 'none'] = match;
  const versions = list === 'none' || list === '' ? [] : list.split(', ');
  const shown = versions.length > 5 ? `…, ${versions.slice(-5).join(', ')}` : versions.join(', ') || 'none';
  const name = requirementName(wanted);
  const otherPython = /different python version: .*?(\S+ Requires-Python \S+)$/m.exec(text)?.[1];
  const nearest = versions.length > 0 || otherPython ? undefined : nearestName(name);
  const hint = nearest
    ? `did you mean ${nearest}?`
    : versions.length > 0
      ? `the newest for this python is ${versions.at(-1)}; correct the version, or change base.version`
      : otherPython
        ? `its versions are for other pythons (${otherPython}); change base.version`
        : 'check the name, or name the index that has it in pip_options: "--index-url https://…/simple"';
  return pipInstallFailed(
    `Could not find a version that satisfies the requirement ${wanted} (from versions: ${shown})`,
    {
      hint,
      details: { ...pathOf(wanted, context), requirement: wanted, ...(nearest ? { nearest } : {}) },
    },
  );
}

/** The item of `pip` that nothing meets, of an error that says so. */
export function missingItem(error: JobletError): number | undefined {
  const { path, requirement } = error.details;
  const index = Array.isArray(path) ? path[1] : undefined;
  return requirement !== undefined && typeof index === 'number' ? index : undefined;
}

/** Several such errors as one. `problems` has each with its place. */
export function allMissing(errors: readonly JobletError[]): JobletError {
  const problems = errors.map(({ message, hint, details }) => ({ path: details['path'], message, hint }));
  const sentences = errors.map(({ message }) => message.replace(/^pip install failed: /, ''));
  return pipInstallFailed(sentences.join('\n'), {
    hint: errors.map(({ hint, details }) => `${details['requirement']}: ${hint}`).join('; '),
    details: { path: errors[0]?.details['path'], problems },
  });
}

function conflictError(conflict: string, text: string, context: PipFailureContext): JobletError {
  const after = text.slice(text.indexOf('The conflict is caused by:'));
  const causes = after.startsWith('The conflict')
    ? [...after.matchAll(/^ {4}(\S.*)$/gm)].map(([, cause]) => (cause ?? '').trim())
    : [];
  return pipInstallFailed(conflict, {
    hint: `loosen one of these requirements${causes.length > 0 ? `: ${causes.slice(0, 6).join('; ')}` : ''}`,
    details: { ...pathOf(conflict.replace(/^Cannot install /, ''), context), causes },
  });
}

/** The package that the caller probably meant. */
function nearestName(name: string): string | undefined {
  const module = MODULE_NAMES[name];
  if (module) return module;
  const nearest = closest(name, [...POPULAR_NAMES]);
  return nearest !== name && distance(name, nearest) <= Math.max(1, Math.floor(name.length / 4)) ? nearest : undefined;
}

/** Which item of `pip` a sentence of pip is about: the one it names first, else the one that wanted it (`a (from b)`). */
function pathOf(sentence: string, { requirements }: PipFailureContext): { path?: readonly (string | number)[] } {
  const names = requirements.map(requirementName);
  const words = sentence.match(/[A-Za-z0-9][A-Za-z0-9._-]*/g) ?? [];
  for (const word of words) {
    const index = names.indexOf(normaliseName(word.replace(/[.-]+$/, '')));
    if (index >= 0) return { path: ['pip', index] };
  }
  return {};
}
