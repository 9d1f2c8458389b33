import type { ArchiveSource } from './archive-source.js';

/** Options that choose what is fetched; we choose that ourselves. */
const IGNORED = new Set(['arch', 'architectures', 'lang', 'languages', 'target', 'targets', 'signed-by', 'pdiffs']);

/** sources.list(5), one-line format. Lines for other architectures, and deb-src, are left out. */
export function parseOneLine(text: string, architecture: string): readonly ArchiveSource[] {
  const sources: ArchiveSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) continue;
    const [, bracket = '', uri = '', suite = '', components = ''] = match;
    const options = new Map<string, string>();
    for (const pair of words(bracket)) {
      const [name = '', value = ''] = splitOnce(pair, '=');
      options.set(name.replace(/[+-]$/, '').toLowerCase(), value);
    }
    if (!serves(options.get('arch'), ',', architecture)) continue;
    const signedBy = (options.get('signed-by') ?? '').split(',').filter((s) => s !== '');
    sources.push({ uri, suite, components: words(components), signedBy, options: kept(options) });
  }
  return sources;
}

/** sources.list(5), deb822 format: one source for each combination of URI and suite. */
export function parseDeb822(text: string, architecture: string): readonly ArchiveSource[] {
  const sources: ArchiveSource[] = [];
  const paragraphs = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n[ \t]*\n/);
  for (const paragraph of paragraphs) {
    const fields = parseFields(paragraph);
    if (!words(fields.get('types') ?? '').includes('deb') || /^(no|false|0)$/i.test(fields.get('enabled') ?? ''))
      continue;
    if (!serves(fields.get('architectures'), /\s+/, architecture)) continue;
    const signedBy = signedByOf(fields.get('signed-by') ?? '');
    const options = kept(fields);
    for (const name of ['types', 'uris', 'suites', 'components', 'enabled', 'x-repolib-name']) options.delete(name);
    for (const uri of words(fields.get('uris') ?? '')) {
      for (const suite of words(fields.get('suites') ?? '')) {
        sources.push({ uri, suite, components: words(fields.get('components') ?? ''), signedBy, options });
      }
    }
  }
  return sources;
}

function parseFields(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of paragraph.split('\n')) {
    const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
    if (match?.[1] !== undefined) {
      last = match[1].toLowerCase();
      fields.set(last, match[2] ?? '');
    } else if (/^\s/.test(line) && last !== '') {
      fields.set(last, `${fields.get(last)}\n${line.trim() === '.' ? '' : line.trim()}`);
    }
  }
  return fields;
}

function signedByOf(value: string): readonly string[] {
  if (value.includes('-----BEGIN PGP')) return [value.trim()];
  return words(value.replaceAll(',', ' '));
}

function serves(list: string | undefined, separator: string | RegExp, architecture: string): boolean {
  return list === undefined || list.trim() === '' || list.trim().split(separator).includes(architecture);
}

function kept(options: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...options].filter(([name]) => !IGNORED.has(name)));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
