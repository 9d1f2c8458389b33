import { isUtf8 } from 'node:buffer';

/**
 * Arguments and variables are bytes, and ours are strings: a byte that is part of no UTF-8 sequence stands as the lone surrogate
 * U+DC00 + byte, as Python's "surrogateescape" has it (PEP 383).
 */
const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/u;

/** True when the string holds a byte that is no UTF-8. */
export function hasRawBytes(text: string): boolean {
  return ESCAPED.test(text);
}

export function fromBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)) && at + count <= bytes.length);
    text +=
      length === undefined ? String.fromCharCode(ESCAPE + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return text;
}

export function toBytes(text: string): Buffer {
  const parts = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.of(part.charCodeAt(0) - ESCAPE) : Buffer.from(part, 'utf8'))),
  );
}
