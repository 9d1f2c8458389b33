import { suggest } from '../spec/suggest.js';
import { JobletError } from './joblet-error.js';

/** It does not keep the contract, or brings what is taken. */
export function pluginInvalid(name: string, problems: readonly string[]): JobletError {
  const [first = 'it cannot be used', ...rest] = problems;
  return new JobletError({
    code: 'E_PLUGIN_INVALID',
    message:
      rest.length === 0 ? `${name}: ${first}` : `${name}: ${problems.length} problems\n  ${problems.join('\n  ')}`,
    hint: 'docs/plugins.md says what a plugin is',
    exit: 'plugin',
    details: { plugin: name, problems },
  });
}

export function pluginNotFound(name: string, available: readonly string[]): JobletError {
  const nearest = suggest(name, available);
  const hint = nearest
    ? `did you mean ${nearest}?`
    : available.length > 0
      ? `there are: ${available.join(', ')}`
      : 'there are none; rnx pack install brings one';
  return new JobletError({
    code: 'E_PLUGIN_NOT_FOUND',
    message: `plugin not found: ${name}`,
    hint,
    exit: 'notFound',
    details: { plugin: name, available },
  });
}

/** npm, or what unpacks its archive, failed. */
export function pluginInstallFailed(spec: string, reason: string, hint: string, cause?: unknown): JobletError {
  return new JobletError({
    code: 'E_PLUGIN_INSTALL',
    message: `cannot install ${spec}: ${reason}`,
    hint,
    exit: 'plugin',
    cause,
    details: { plugin: spec },
  });
}
