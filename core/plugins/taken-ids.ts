import { Ajv2020 } from 'ajv/dist/2020.js';
import type { DependencyContainer, InjectionToken } from 'tsyringe';
import { PACK } from '../contracts/language-pack.js';
import { PHASE } from '../contracts/phase.js';
import { PLATFORM } from '../contracts/platform-adapter.js';
import { TOOLCHAIN_SOURCE } from '../contracts/toolchain-source.js';
import { composeSchema, type SchemaPack } from '../spec/schema.js';
import { propertyNames } from '../spec/schema-walk.js';
import type { PluginContents } from './plugin-contents.js';

const BUILT_IN = 'joblet itself';

/** Whose each name is: no two plugins may bring the same, and none one of the built-in ones. */
export class TakenIds {
  readonly #owners = new Map<string, string>();
  readonly #phaseIds = new Map<string, { readonly number: number; readonly owner: string }>();
  readonly #packs: SchemaPack[] = [];

  constructor(container: DependencyContainer) {
    for (const key of propertyNames(composeSchema([]))) this.#take(`key ${key}`, BUILT_IN);
    this.add({
      owner: BUILT_IN,
      contents: {
        packs: all(container, PACK),
        phases: container.resolveAll(PHASE),
        wraps: [],
        platforms: all(container, PLATFORM).map(({ family }) => family),
        toolchainSources: all(container, TOOLCHAIN_SOURCE).map(({ id }) => id),
      },
    });
  }

  /** What of this is already somebody's, or does not fit to what is there. */
  conflicts(contents: PluginContents): readonly string[] {
    const twice = repeated(namesOf(contents)).map((name) => `it brings the ${name} twice`);
    const taken = namesOf(contents).flatMap((name) => {
      const owner = this.#owners.get(name);
      return owner === undefined ? [] : [`the ${name} is taken: ${owner} brings it`];
    });
    const phases = contents.phases.flatMap(({ number, id }) => this.#phaseConflict(number, id));
    const wraps = contents.wraps
      .filter((id) => !this.#phaseIds.has(id) && !contents.phases.some((phase) => phase.id === id))
      .map((id) => `it wraps the phase ${id}, which there is not`);
    const names = [...twice, ...taken, ...phases, ...wraps];
    return names.length > 0 ? names : this.#schemaProblems(contents);
  }

  add({ owner, contents }: { readonly owner: string; readonly contents: PluginContents }): void {
    for (const name of namesOf(contents)) this.#take(name, owner);
    for (const { number, id } of contents.phases) this.#phaseIds.set(id, { number, owner });
    this.#packs.push(...contents.packs);
  }

  #take(name: string, owner: string): void {
    this.#owners.set(name, owner);
  }

  /** A phase may stand in for a built-in one, with its number and id. */
  #phaseConflict(number: number, id: string): readonly string[] {
    const same = this.#phaseIds.get(id);
    if (same !== undefined) {
      if (same.owner !== BUILT_IN) return [`the phase ${id} is taken: ${same.owner} brings it`];
      return same.number === number ? [] : [`the phase ${id} is number ${same.number}, not ${number}`];
    }
    const [holder] = [...this.#phaseIds].find(([, one]) => one.number === number) ?? [];
    return holder === undefined ? [] : [`the phase number ${number} is taken: it is ${holder}`];
  }

  /** A schema that cannot be used would end the parsing of every runtime.yaml. */
  #schemaProblems(contents: PluginContents): readonly string[] {
    if (contents.packs.length === 0) return [];
    try {
      new Ajv2020({ strict: false, logger: false, validateFormats: false }).compile(
        composeSchema([...this.#packs, ...contents.packs]),
      );
      return [];
    } catch (error) {
      return [`a schema of its keys or versions cannot be used: ${error instanceof Error ? error.message : error}`];
    }
  }
}

function namesOf(contents: PluginContents): readonly string[] {
  return [
    ...contents.packs.map(({ id }) => `language ${id}`),
    ...contents.packs.flatMap(({ keys }) => keys.map(({ name }) => `key ${name}`)),
    ...contents.platforms.map((family) => `platform family ${family}`),
    ...contents.toolchainSources.map((id) => `toolchain source ${id}`),
  ];
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function all<T>(container: DependencyContainer, token: InjectionToken<T>): readonly T[] {
  return container.isRegistered(token, true) ? container.resolveAll(token) : [];
}
