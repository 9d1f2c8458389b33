import { describe, expect, it } from 'vitest';
import { fromBytes, hasRawBytes, toBytes } from './raw-bytes.js';

describe('text of any bytes', () => {
  it.each([
    ['UTF-8', Buffer.from('grün 🙂\n')],
    ['bytes that are none', Buffer.of(0xff, 0x41, 0x80, 0xc3)],
    ['a sequence that is cut', Buffer.from('x€').subarray(0, 3)],
    ['a surrogate in UTF-8', Buffer.of(0xed, 0xb2, 0x80)],
    ['nothing', Buffer.alloc(0)],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ])('comes back as it was: %s', (_, bytes) => {
    expect(toBytes(fromBytes(bytes))).toEqual(bytes);
  });

  it('tells whether it is UTF-8', () => {
    expect(hasRawBytes(fromBytes(Buffer.from('🙂 ü')))).toBe(false);
    expect(hasRawBytes(fromBytes(Buffer.of(0x41, 0xff)))).toBe(true);
  });
});
