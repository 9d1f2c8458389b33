import { stringify } from 'yaml';
import type { Json } from '../../../core/contracts/language-pack.js';

export interface SpecParts {
  readonly name: string;
  readonly language: string;
  readonly version: string;
  readonly values?: Readonly<Record<string, Json>>;
}

/** A runtime.yaml of a pack's own keys. */
export function specText({ name, language, version, values = {} }: SpecParts): string {
  return stringify({
    schema_version: '1.0',
    name,
    version: '1.0.0',
    description: 'made by the conformance kit',
    base: { language, version },
    ...values,
  });
}
