import type { InjectionToken } from 'tsyringe';

/**
 * A key of the DI container, branded with the type that it stands for. It is a registered symbol, so that two copies of
 * core in one process (a pack that brings its own) mean the same thing by it.
 */
export function token<T>(name: string): InjectionToken<T> {
  return Symbol.for(`joblet.${name}`);
}
