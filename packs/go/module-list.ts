import type { LanguagePackage } from '../../core/contracts/language-pack.js';

/** As `go mod download -json` prints it. */
interface DownloadedModule {
  readonly Path: string;
  readonly Version: string;
  /** `h1:…`: https://go.dev/ref/mod#go-sum-files */
  readonly Sum?: string;
  readonly Error?: string;
}

/** Several documents, one after the other. */
export function readModules(output: string): readonly DownloadedModule[] {
  return output
    .split(/^(?=\{)/m)
    .filter((text) => text.trim() !== '')
    .map((text) => JSON.parse(text) as DownloadedModule);
}

export function languagePackages(output: string): readonly LanguagePackage[] {
  return readModules(output)
    .map(({ Path, Version, Sum }) => ({
      name: Path,
      version: Version,
      label: `${Path}@${Version}`,
      ...(Sum === undefined ? {} : { hash: Sum }),
    }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
