import { usageError } from '../errors/errors.js';

/** A typed place for a result that one phase writes and later ones read. */
export interface ResultKey<T> {
  readonly name: string;
  /** Never present; carries the type. */
  readonly _type?: T;
}

export function resultKey<T>(name: string): ResultKey<T> {
  return { name };
}

/** Results of a build by key; each is written once. */
export class Results {
  readonly #values = new Map<string, unknown>();

  set<T>(key: ResultKey<T>, value: T): void {
    if (this.#values.has(key.name)) throw new Error(`result ${key.name} is written twice`);
    this.#values.set(key.name, value);
  }

  /** Throws E_USAGE when the phase that writes it has not run. */
  get<T>(key: ResultKey<T>): T {
    if (!this.#values.has(key.name))
      throw usageError(`the result ${key.name} is read before its phase has run`, 'run the phase that makes it too');
    return this.#values.get(key.name) as T;
  }

  find<T>(key: ResultKey<T>): T | undefined {
    return this.#values.get(key.name) as T | undefined;
  }
}
