import type { LanguagePack, PackRequest } from '../contracts/language-pack.js';
import type { RuntimeSpec } from './runtime-spec.js';

export interface PackWork {
  readonly pack: LanguagePack;
  readonly request: PackRequest;
}

/** The packs that take part in a runtime: its language's first, then each that has packages to bring. */
export function packRequests(
  spec: Pick<RuntimeSpec, 'base' | 'packValues'>,
  packs: readonly LanguagePack[],
): readonly PackWork[] {
  return packs
    .flatMap((pack): readonly PackWork[] => {
      const values = Object.fromEntries(
        pack.keys.flatMap(({ name }) => {
          const value = spec.packValues[name];
          return value === undefined ? [] : [[name, value] as const];
        }),
      );
      if (pack.id === spec.base.language) {
        return [{ pack, request: { role: 'base', version: spec.base.version, values } }];
      }
      const brings = pack.keys.some(({ name, packages }) => packages && !isEmpty(values[name]));
      return brings ? [{ pack, request: { role: 'addition', values } }] : [];
    })
    .sort((a, b) => Number(b.request.role === 'base') - Number(a.request.role === 'base'));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}
