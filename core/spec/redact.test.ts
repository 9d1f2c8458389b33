import { describe, expect, it } from 'vitest';
import { hasCredentials, redactCredentials } from './redact.js';

describe('credentials of URLs', () => {
  it.each([
    ['https://alice:hunter2@example.com/simple', 'https://***@example.com/simple'],
    ['--index-url=https://t0ken@example.com/simple', '--index-url=https://***@example.com/simple'],
    ['git+https://t0ken@example.com/a.git@v1', 'git+https://***@example.com/a.git@v1'],
    ['https://alice:hun/ter2@example.com/', 'https://***@example.com/'],
    ['https://alice:hun@ter2@example.com/', 'https://***@example.com/'],
    ['https://alice:hun/te@r2@example.com/', 'https://***@example.com/'],
    ['https://example.com:8443/a.git@v1', 'https://example.com:8443/a.git@v1'],
    ['[https://a:b@x/, https://c:d@y/]', '[https://***@x/, https://***@y/]'],
    ['https://example.com/a.git@v1', 'https://example.com/a.git@v1'],
    ['mail alice@example.com', 'mail alice@example.com'],
  ])('%s is shown as %s', (text, shown) => {
    expect(redactCredentials(text)).toBe(shown);
  });

  it.each([
    ['https://alice:hunter2@example.com', true],
    ['https://t0ken@example.com', true],
    ['git+ssh://git:secret@example.com/a.git', true],
    ['https://alice:hun/ter2@example.com/', true],
    ['git+ssh://git@example.com/a.git', false],
    ['https://example.com:8443/a.git@v1', false],
    ['https://example.com', false],
  ])('%s has some: %s', (url, some) => {
    expect(hasCredentials(url)).toBe(some);
  });

  it('are looked for in linear time', () => {
    const text = `${'http://a:'.repeat(20_000)}@`;
    const start = performance.now();
    redactCredentials(text);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
