import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_VERSION } from '../core/contracts/plugin.js';
import { JOBLET_VERSION } from '../core/version.js';

/** What a new pack is written for. */
export interface SkeletonOptions {
  /** `ruby` */
  readonly id: string;
  /** `3.1` */
  readonly version: string;
  /** The distribution package that has the language. */
  readonly packageName: string;
  /** The command that it brings. */
  readonly program: string;
  /** What npm installs joblet from while the pack is developed: `^0.1.0`, `file:/opt/joblet`. */
  readonly jobletSpec: string;
}

const TEMPLATES = fileURLToPath(new URL('./skeletons/pack/', import.meta.url));
const SUFFIX = '.tmpl';

/** A package of a third party with a pack that works: path -> content. */
export function packSkeleton(options: SkeletonOptions): ReadonlyMap<string, string> {
  const words: Readonly<Record<string, string>> = {
    id: options.id,
    camel: options.id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    title: options.id.charAt(0).toUpperCase() + options.id.slice(1),
    version: options.version,
    package: options.packageName,
    program: options.program,
    apiVersion: String(API_VERSION),
    jobletVersion: JOBLET_VERSION,
    jobletSpec: options.jobletSpec,
  };
  const names = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(SUFFIX));
  return new Map(
    names.sort().map((name) => {
      const text = readFileSync(path.join(TEMPLATES, name), 'utf8');
      return [fileName(name, options.id), text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => words[word] ?? '')];
    }),
  );
}

function fileName(template: string, id: string): string {
  const name = template.slice(0, -SUFFIX.length).replace('__id__', id);
  // npm leaves a real .gitignore out of a package.
  return name === 'gitignore' ? '.gitignore' : name;
}
