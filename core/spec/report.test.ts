import { expect, it } from 'vitest';
import { renderReport } from './report.js';
import type { SpecReportEntry } from './runtime-spec.js';

const entry: SpecReportEntry = {
  severity: 'error',
  path: 'name',
  line: 2,
  column: 7,
  message: 'is wrong',
  hint: 'expected: right',
  source: 'name: x',
};

it('shows file, line, column, the line with a caret, what is wrong and what is expected', () => {
  expect(renderReport([entry], 'a.yaml')).toBe(
    'a.yaml:2:7: error: name: is wrong\n  2 | name: x\n    |       ^\n  expected: right',
  );
});

it('keeps the caret in place after characters that it escapes', () => {
  const [, , caret = ''] = renderReport([{ ...entry, source: 'na\u001be: x' }], 'a.yaml').split('\n');
  expect(renderReport([{ ...entry, source: 'na\u001be: x' }], 'a.yaml')).toContain('na\\x1be: x');
  expect(caret.indexOf('^')).toBe('  2 | na\\x1be: '.length);
});

it('shows the part of a long line around the place', () => {
  const source = `${'a'.repeat(300)}X${'b'.repeat(300)}`;
  const [, line = '', caret = ''] = renderReport([{ ...entry, source, column: 301 }], 'a.yaml').split('\n');
  expect(line.length).toBeLessThan(120);
  expect(line.charAt(caret.indexOf('^'))).toBe('X');
});

it('stops after the first hundred', () => {
  const report = renderReport(
    Array.from({ length: 250 }, () => entry),
    'a.yaml',
  );
  expect(report.match(/is wrong/g)).toHaveLength(100);
  expect(report).toMatch(/and more; these are the first 100$/);
});
