/** Where in the document: `['pip', 1]`. */
export type SpecPath = readonly (string | number)[];

/** `pip[1]`, `base.version`, `environment["A B"]`; empty for the whole file. */
export function formatPath(path: SpecPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** A key for maps: distinct for distinct paths. */
export function pathKey(path: SpecPath): string {
  return JSON.stringify(path);
}
