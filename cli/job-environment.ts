import { usageError } from '../core/errors/errors.js';

/** `--env NAME=VALUE`, the last one of a name wins. A value keeps everything after the first `=`. */
export function parseEnvironment(settings: readonly string[]): Record<string, string> {
  return collect(settings, (setting) => {
    throw usageError(
      `--env ${setting}: no NAME=VALUE`,
      'nothing of the environment of the caller reaches a job by itself',
    );
  });
}

/** `--secret-env NAME`, whose value is the caller's own variable, or `NAME=VALUE`. Never repeats a value. */
export function parseSecrets(
  settings: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return collect(settings, (name) => {
    const value = env[name];
    if (value !== undefined && name !== '') return value;
    throw usageError(
      `--secret-env ${name.startsWith('=') ? '' : name}: this variable is not set`,
      'set it in the environment of rnx, or write NAME=VALUE, which other users of the machine can see while rnx runs',
    );
  });
}

function collect(settings: readonly string[], withoutValue: (setting: string) => string): Record<string, string> {
  const environment = new Map<string, string>();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) environment.set(setting, withoutValue(setting));
    else environment.set(setting.slice(0, at), setting.slice(at + 1));
  }
  return Object.fromEntries(environment);
}
