import { JobletError } from './joblet-error.js';

/** The errors that core and more than one plugin raise. One function per code; docs/errors.md lists all. */

export function specInvalid(report: string, problems: readonly unknown[], path: string): JobletError {
  const count = problems.filter((p) => (p as { severity?: string }).severity !== 'warning').length;
  return new JobletError({
    code: 'E_SPEC_INVALID',
    message: `${path}: ${count === 1 ? '1 problem' : `${count} problems`}\n${report}`,
    hint: 'correct the lines above; docs/runtime-yaml.md describes every field',
    exit: 'spec',
    details: { path, problems },
  });
}

export function specUnreadable(path: string, reason: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({ code: 'E_SPEC_UNREADABLE', message: `${path}: ${reason}`, hint, exit: 'spec', cause });
}

export function hostUnfit(message: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({ code: 'E_HOST_UNFIT', message, hint, exit: 'hostUnfit', cause });
}

/** What the caller asked to be limited cannot be limited on this host: nothing is run without its limits. */
export function limitUnenforceable(limit: string, reason: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({
    code: 'E_LIMIT_UNENFORCEABLE',
    message: `${limit} cannot be enforced on this host: ${reason}`,
    hint,
    exit: 'hostUnfit',
    cause,
    details: { limit },
  });
}

export function platformMismatch(platform: string, wanted: readonly string[]): JobletError {
  return new JobletError({
    code: 'E_PLATFORM',
    message: `this machine is ${platform}; the runtime is for ${wanted.join(', ')}`,
    hint: `build on one of these, or add ${platform} to platforms`,
    exit: 'hostUnfit',
    details: { platform, wanted, path: ['platforms'] },
  });
}

export function insufficientDiskSpace(availableMb: number, neededMb: number, path: string): JobletError {
  return new JobletError({
    code: 'E_DISK_SPACE',
    message: `insufficient disk space: ${availableMb} MB available, need at least ${neededMb} MB`,
    hint: `free space on the file system of ${path}, or move the store with --root or JOBLET_ROOT`,
    exit: 'hostUnfit',
    details: { availableMb, neededMb, path },
  });
}

/** The disk filled up while the build ran. */
export function diskFull(cause: unknown): JobletError {
  return new JobletError({
    code: 'E_DISK_FULL',
    message: 'no space left on the file system of the store',
    hint: 'free space there, or move the store with --root or JOBLET_ROOT; the build left nothing half-made',
    exit: 'hostUnfit',
    cause,
  });
}

export function createDirectoryFailed(path: string, cause: unknown): JobletError {
  const code = (cause as NodeJS.ErrnoException).code;
  const reason =
    code === 'EACCES' || code === 'EPERM'
      ? 'permission denied'
      : code === 'EROFS'
        ? 'read-only file system'
        : code === 'ENOTDIR'
          ? 'not a directory'
          : String(code ?? cause);
  return new JobletError({
    code: 'E_CREATE_DIRECTORY',
    message: `failed to create directory: ${reason}`,
    hint: `${path}: run as root, or move the store with --root or JOBLET_ROOT`,
    exit: 'hostUnfit',
    cause,
    details: { path },
  });
}

export function packageNotFound(
  name: string,
  options: { hint: string; details?: Record<string, unknown>; cause?: unknown },
): JobletError {
  return new JobletError({
    code: 'E_PACKAGE_NOT_FOUND',
    message: `package not found: ${name}`,
    hint: options.hint,
    exit: 'package',
    cause: options.cause,
    details: { package: name, ...options.details },
  });
}

export function languageUnknown(language: string, known: readonly string[]): JobletError {
  return new JobletError({
    code: 'E_LANGUAGE_UNKNOWN',
    message: `no language pack is called ${language}`,
    hint: `known are ${known.join(', ')}`,
    exit: 'usage',
    details: { language, known },
  });
}

/** What a source has of a language, or why it cannot say. */
export interface SourceReport {
  readonly source: string;
  readonly title: string;
  /** `3.11 (bookworm)`. */
  readonly versions: readonly string[];
  readonly unreachable?: string;
}

/** Nobody has the version that was asked for. */
export function versionUnavailable(language: string, version: string, reports: readonly SourceReport[]): JobletError {
  const lines = reports.map(({ source, title, versions, unreachable }) => {
    const has = unreachable === undefined ? versions.join(', ') || 'none' : `cannot be asked: ${unreachable}`;
    return `${title} (${source}): ${has}`;
  });
  return new JobletError({
    code: 'E_VERSION_UNAVAILABLE',
    message: `${language} ${version} is not to be had here`,
    hint: ['what there is, by source:', ...lines].join('\n  '),
    exit: 'package',
    details: { path: ['base', 'version'], language, version, sources: reports },
  });
}

/** `base.source` or the configuration names a source that there is not. */
export function sourceUnknown(id: string, where: 'spec' | 'config', known: readonly string[]): JobletError {
  return new JobletError({
    code: 'E_SOURCE_UNKNOWN',
    message: `${where === 'spec' ? 'base.source' : 'toolchains.sources of the configuration'}: no source is called ${id}`,
    hint: `known are ${known.join(', ')}`,
    exit: 'spec',
    details: { source: id, known, ...(where === 'spec' ? { path: ['base', 'source'] } : {}) },
  });
}

export function networkFailed(message: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({ code: 'E_NETWORK', message, hint, exit: 'network', cause });
}

export function buildStepFailed(
  message: string,
  hint: string,
  details: Record<string, unknown> = {},
  cause?: unknown,
): JobletError {
  return new JobletError({ code: 'E_BUILD_STEP', message, hint, exit: 'buildStep', cause, details });
}

/** A run that was to begin in the middle has nothing to begin with. */
export function notCached(layer: string, from: string): JobletError {
  return new JobletError({
    code: 'E_NOT_CACHED',
    message: `${from} cannot be the first phase: what ${layer} makes is not in the cache`,
    hint: 'run the earlier phases too, once; they make it',
    exit: 'buildStep',
    details: { layer, from },
  });
}

export function hookFailed(
  hook: 'pre-install' | 'post-install',
  status: number,
  hint: string,
  stderrTail: string,
): JobletError {
  return new JobletError({
    code: 'E_HOOK_FAILED',
    message: `${hook} hook failed with exit status ${status}`,
    hint,
    exit: 'hook',
    details: { hook, status, stderrTail },
  });
}

export function hookTimedOut(hook: 'pre-install' | 'post-install', timeout: string): JobletError {
  return new JobletError({
    code: 'E_HOOK_TIMEOUT',
    message: `${hook} hook timed out after ${timeout}`,
    hint: 'increase hooks.timeout in the runtime.yaml',
    exit: 'hook',
    details: { hook, timeout },
  });
}

export function smokeTestFailed(title: string, hint: string, details: Record<string, unknown>): JobletError {
  return new JobletError({
    code: 'E_SMOKE_TEST',
    message: `the finished runtime does not work: ${title}`,
    hint,
    exit: 'buildStep',
    details,
  });
}

export function runtimeNotFound(name: string, available: readonly string[], nearest?: string): JobletError {
  const hint = nearest
    ? `did you mean ${nearest}?`
    : available.length > 0
      ? `there are: ${available.join(', ')}`
      : 'build one with: rnx runtime build PATH';
  return new JobletError({
    code: 'E_RUNTIME_NOT_FOUND',
    message: `runtime not found: ${name}`,
    hint,
    exit: 'notFound',
    details: { name, available },
  });
}

export function runtimeDamaged({ name, version, path }: { name: string; version: string; path: string }): JobletError {
  return new JobletError({
    code: 'E_RUNTIME_DAMAGED',
    message: `${name}@${version} cannot be used: its runtime.yml is missing or damaged`,
    hint: `build it again, or remove it: rnx runtime remove ${name}@${version}`,
    exit: 'notFound',
    details: { name, version, path },
  });
}

/** The configuration file of the store breaks rules. */
export function configInvalid(report: string, problems: readonly unknown[], path: string): JobletError {
  return new JobletError({
    code: 'E_CONFIG_INVALID',
    message: `${path}: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}\n${report}`,
    hint: 'correct the lines above; docs/jobs.md describes every key',
    exit: 'spec',
    details: { path, problems },
  });
}

export function configUnreadable(path: string, cause: unknown): JobletError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new JobletError({
    code: 'E_CONFIG_UNREADABLE',
    message: `${path}: ${reason}`,
    hint: 'make it a readable file, or remove it to have the defaults',
    exit: 'hostUnfit',
    cause,
    details: { path },
  });
}

export function jobNotFound(reference: string, hint: string): JobletError {
  return new JobletError({
    code: 'E_JOB_NOT_FOUND',
    message: `job not found: ${reference}`,
    hint,
    exit: 'notFound',
    details: { job: reference },
  });
}

/** The job is there, but what was asked needs one that runs, or one that has ended. */
export function jobStateUnfit(id: string, state: string, message: string, hint: string): JobletError {
  return new JobletError({ code: 'E_JOB_STATE', message, hint, exit: 'jobState', details: { job: id, state } });
}

export function cancelled(cause?: unknown): JobletError {
  return new JobletError({ code: 'E_CANCELLED', message: 'cancelled', exit: 'cancelled', cause });
}

export function usageError(message: string, hint: string): JobletError {
  return new JobletError({ code: 'E_USAGE', message, hint, exit: 'usage' });
}

export function internalError(cause: unknown): JobletError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new JobletError({
    code: 'E_INTERNAL',
    message: `internal error: ${text}`,
    hint: 'this is a defect of joblet: run again with DEBUG=* and report the trace',
    exit: 'internal',
    cause,
  });
}
