import { describe, expect, it } from 'vitest';
import { renderTable } from './table.js';

describe('renderTable', () => {
  it('aligns columns without lines or trailing blanks', () => {
    const text = renderTable({
      head: ['NAME', 'SIZE', 'TEXT'],
      rows: [
        ['a', '1.0MB', 'x y'],
        ['long-name', '12B', ''],
      ],
    });
    expect(text).toBe('NAME       SIZE   TEXT\na          1.0MB  x y\nlong-name  12B\n');
  });

  it('is empty without rows and heading', () => {
    expect(renderTable({ rows: [], indent: 2 })).toBe('');
  });

  it('keeps a cell on one line and harmless', () => {
    expect(renderTable({ rows: [['a\nb\x1b[2J', 'c']] })).toBe('a b  c\n');
  });

  it('aligns numbers at their right, under an indent', () => {
    const rows = [
      ['a', '1.0MB', 'x'],
      ['b', '12B', 'y'],
    ];
    expect(renderTable({ rows, alignRight: [1], indent: 2 })).toBe('  a  1.0MB  x\n  b    12B  y\n');
  });

  it('aligns wide letters', () => {
    expect(
      renderTable({
        rows: [
          ['日本', 'x'],
          ['abcd', 'y'],
        ],
      }),
    ).toBe('日本  x\nabcd  y\n');
  });
});
