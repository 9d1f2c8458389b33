// pip reads its configuration with python's RawConfigParser: `key = value` or `key: value`, sections, comment lines that
// begin with # or ;, and indented lines that continue a value (pip's lists are written so). No interpolation.

/** Section -> key (lowercase, with hyphens) -> value, its lines joined by newlines. */
export type PipConf = ReadonlyMap<string, ReadonlyMap<string, string>>;

export function parsePipConf(text: string): PipConf {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let key: string | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) continue;
    if (/^\s/.test(line) && section !== undefined && key !== undefined) {
      section.set(key, `${section.get(key)}\n${trimmed}`.trim());
      continue;
    }
    const header = /^\[([^\]]+)\]/.exec(trimmed);
    if (header) {
      const name = (header[1] ?? '').trim();
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      key = undefined;
      continue;
    }
    const pair = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (!pair || section === undefined) continue;
    key = (pair[1] ?? '').toLowerCase().replaceAll('_', '-').replace(/^--/, '');
    section.set(key, pair[2] ?? '');
  }
  return sections;
}

/** One section, in the same syntax. */
export function formatPipConf(section: string, values: ReadonlyMap<string, string>): string {
  const lines = [...values].map(([key, value]) => `${key} = ${value.split('\n').join('\n    ')}`);
  return `[${section}]\n${lines.join('\n')}\n`;
}
