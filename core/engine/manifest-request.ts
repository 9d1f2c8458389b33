import type { LanguagePackage, PackRequest } from '../contracts/language-pack.js';
import type { RuntimeManifest } from '../store/runtime-manifest.js';

/** What a pack was asked for, as far as an installed runtime tells. */
export function requestOfManifest(manifest: RuntimeManifest): PackRequest {
  return { role: 'base', version: manifest.language_version, values: {} };
}

export function packagesOfManifest(manifest: RuntimeManifest): readonly LanguagePackage[] {
  return manifest.packages.map((label) => {
    const [name = label, version = ''] = label.split(/[=@]=?(?=[^=@]*$)/);
    return { name, version, label };
  });
}
