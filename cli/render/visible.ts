import { stripVTControlCharacters } from 'node:util';

// Text from logs, specs and indexes is other people's: shown as it is, it could move the cursor, rename the window, hide
// what stands before it, or swap the order of letters.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** Text that a terminal shows as it is written: colours gone, other control characters as `\x1b`. Keeps line breaks. */
export function visible(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', '    ')
    .replace(HIDDEN, (character) => (character === '\n' ? character : escapeCharacter(character)));
}

/** The same on one line. Of a line that a program redrew with carriage returns, the last state. */
export function visibleLine(text: string): string {
  const states = text.split('\r').filter((state) => state.trim() !== '');
  return visible(states.at(-1) ?? '')
    .replaceAll('\n', ' ')
    .trimEnd();
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** JSON that is safe on a terminal too: what JSON.stringify leaves of the same characters is written as an escape. */
export function visibleJson(document: unknown): string {
  return JSON.stringify(document, null, 2).replace(HIDDEN, (character) =>
    character === '\n' ? character : [...Array(character.length).keys()].map((at) => codeUnit(character, at)).join(''),
  );
}

function codeUnit(text: string, at: number): string {
  return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;
}
