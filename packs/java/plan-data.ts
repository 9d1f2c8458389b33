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

/** Labels of jars; a runtime may list packages of other languages too. */
const LABEL = /^([\w.-]+):([\w.-]+):([\w.+-]+)(?::([\w.-]+))?$/;

/** The name of a jar in the runtime; undefined for a package of another language. Two groups may have artifacts of one name. */
export function jarFileName({ label }: Pick<LanguagePackage, 'label'>): string | undefined {
  const match = LABEL.exec(label);
  if (match === null) return undefined;
  const [, group, artifact, version, classifier] = match;
  return `${group}.${artifact}-${version}${classifier === undefined ? '' : `-${classifier}`}.jar`;
}
