import type { Json, LanguagePackage } from '../../core/contracts/language-pack.js';

/** One jar of a resolved plan. */
export interface Jar {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** `linux-x86_64`, or empty. */
  readonly classifier: string;
  /** Hex. */
  readonly sha256: string;
}

/** A resolved plan as data that survives JSON. */
export function planData(jars: readonly Jar[]): Json {
  return jars.map((jar) => ({ ...jar }));
}

/** What `planData` wrote. */
export function readPlanData(data: Json): readonly Jar[] {
  return JSON.parse(JSON.stringify(data)) as Jar[];
}

export function languagePackage({ group, artifact, version, classifier, sha256 }: Jar): LanguagePackage {
  const suffix = classifier === '' ? '' : `:${classifier}`;
  return {
    name: `${group}:${artifact}${suffix}`,
    version,
    label: `${group}:${artifact}:${version}${suffix}`,
    hash: `sha256:${sha256}`,
  };
}

/** The name of a jar in the runtime. Two groups may have artifacts of one name. */
export function jarFileName({ name, version }: Pick<LanguagePackage, 'name' | 'version'>): string {
  const [group, artifact, classifier] = name.split(':');
  return `${group}.${artifact}-${version}${classifier === undefined ? '' : `-${classifier}`}.jar`;
}
