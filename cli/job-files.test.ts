import { describe, expect, it } from 'vitest';
import { jobFiles, renderDownload } from './job-files.js';

describe('the flags of a job about files', () => {
  it('become what the engine is asked for', () => {
    const flags = {
      upload: ['a', 'dir/'],
      'upload-dir': ['src'],
      download: ['out/**:results'],
      volume: ['data', 'models:ro'],
    };
    expect(jobFiles(flags)).toEqual({
      uploads: [{ hostPath: 'a' }, { hostPath: 'dir/' }, { hostPath: 'src', keepDirectory: true }],
      downloads: [{ pattern: 'out/**', hostDir: 'results' }],
      volumes: [
        { name: 'data', readonly: false },
        { name: 'models', readonly: true },
      ],
    });
    expect(jobFiles({})).toEqual({});
  });

  it.each([{ download: ['out'] }, { download: ['../x:out'] }, { volume: ['data:rx'] }])('are refused: %j', (flags) => {
    expect(() => jobFiles(flags)).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});

it('says what a download left undone, and nothing of one that went well', () => {
  const clean = { files: 2, leftOut: [], leftOutCount: 0, unmatched: [] };
  expect(renderDownload(clean)).toBe('');
  const report = { files: 0, leftOut: [{ name: './l', reason: 'a link' }], leftOutCount: 3, unmatched: ['x*'] };
  expect(renderDownload(report)).toBe(
    [
      'Warning: nothing to download matches x*\n',
      'Warning: not downloaded: ./l is a link\n',
      'Warning: and 2 more not downloaded\n',
    ].join(''),
  );
});
