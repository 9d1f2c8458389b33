// A spec is a stranger's text: shown raw, its escape sequences would drive the terminal that shows them, and its
// direction marks would reorder what a reader sees.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** The text with every character that a terminal would not show as itself written as an escape. */
export function printable(text: string): string {
  return text.replace(HIDDEN, (character) => {
    if (character === '\t') return '\\t';
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** At most `limit` characters of a value, quoted, for a message. */
export function quote(value: string, limit = 60): string {
  const characters = [...value];
  const shown = characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : value;
  return `"${printable(shown)}"`;
}
