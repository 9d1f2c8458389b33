import { usageError } from '../core/errors/errors.js';

/** `--env NAME=VALUE`, the last one of a name wins. A value keeps everything after the first `=`. */
export function parseEnvironment(settings: readonly string[]): Record<string, string> {
  const environment = new Map<string, string>();
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) {
      throw usageError(
        `--env ${setting}: no NAME=VALUE`,
        'nothing of the environment of the caller reaches a job by itself',
      );
    }
    environment.set(setting.slice(0, at), setting.slice(at + 1));
  }
  return Object.fromEntries(environment);
}
