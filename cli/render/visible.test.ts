import { describe, expect, it } from 'vitest';
import { visible, visibleJson, visibleLine } from './visible.js';

describe('visible', () => {
  it.each([
    { title: 'drops colours', given: '\x1b[31mred\x1b[0m', becomes: 'red' },
    { title: 'drops what renames a window', given: 'a\x1b]0;evil\x07b', becomes: 'ab' },
    { title: 'shows bells and other controls', given: 'a\x07\x00\x9b', becomes: 'a\\x07\\x00\\x9b' },
    { title: 'shows what reorders text', given: 'a\u202eb', becomes: 'a\\u{202e}b' },
    { title: 'shows a lone surrogate', given: 'a\ud800', becomes: 'a\\u{d800}' },
    { title: 'keeps line breaks', given: 'a\nb\r\nc', becomes: 'a\nb\nc' },
    { title: 'keeps other languages', given: 'größe 日本 😀', becomes: 'größe 日本 😀' },
  ])('$title', ({ given, becomes }) => {
    expect(visible(given)).toBe(becomes);
  });

  it('keeps the last state of a line that redraws itself', () => {
    expect(visibleLine('10%\r50%\r100%\r')).toBe('100%');
  });

  it('keeps one line one line', () => {
    expect(visibleLine('a\nb')).toBe('a b');
  });
});

describe('visibleJson', () => {
  it('is the same document without a character that drives a terminal', () => {
    const document = { text: 'a\x1b\x9b\u202e\u{e0041}\n', list: [1] };
    const json = visibleJson(document);
    expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(JSON.parse(json)).toEqual(document);
  });
});
