import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface Import {
  /** Relative to the repository: `plugins/gpu/index.ts`. */
  readonly file: string;
  /** Relative too: `core/container.js`; of a package, its name. */
  readonly target: string;
}

/** What the sources of a folder import, tests and what supports them aside. */
export function importsOf(repository: string, folder: string): readonly Import[] {
  const names = readdirSync(path.join(repository, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|test-support\//.test(name))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const { importedFiles } = ts.preProcessFile(readFileSync(path.join(repository, file), 'utf8'));
      return importedFiles.map(({ fileName }) => ({
        file,
        target: fileName.startsWith('.') ? path.join(path.dirname(file), fileName) : fileName,
      }));
    });
}
