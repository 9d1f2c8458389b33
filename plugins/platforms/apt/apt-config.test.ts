import { describe, expect, it } from 'vitest';
import { renderSetting } from './apt-config.js';

describe('a setting of apt.conf', () => {
  it('is quoted', () => {
    expect(renderSetting({ name: 'Dir::State', value: '/a store/it’s, with:colons \\' })).toBe(
      'Dir::State "/a store/it’s, with:colons \\";\n',
    );
  });

  it.each(['/a "store"', '/a\nstore'])('is refused when apt has no way to write it: %j', (value) => {
    expect(() => renderSetting({ name: 'Dir::State', value })).toThrow(
      expect.objectContaining({ code: 'E_HOST_UNFIT', hint: expect.stringContaining('--root') }),
    );
  });
});
