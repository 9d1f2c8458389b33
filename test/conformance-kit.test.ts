import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, inject, it, vi } from 'vitest';
import { type ConformanceReport, checkPack, renderReport } from './conformance/index.js';

const fixture = (name: string) => new URL(`./conformance/fixtures/${name}`, import.meta.url);
const outcomes = ({ rules }: ConformanceReport) => Object.fromEntries(rules.map(({ id, outcome }) => [id, outcome]));

describe('the conformance kit', () => {
  it('finds each rule broken that a pack breaks, and does no harm to the host by it', async () => {
    const report = await checkPack({
      plugin: fixture('wild-pack.js'),
      pack: 'wild',
      versions: ['0.5', '7.7'],
      unknownVersion: '99',
      values: { wild: ['ghost'] },
      inventory: ['true'],
      badSpecs: [{ title: 'no package', values: { wild: ['ghost', '--'] }, at: ['wild', 1] }],
      missing: { values: { wild: ['nothing'] }, at: ['wild', 0] },
      store: inject('store'),
    });
    rmSync(path.join(inject('store'), 'cache/wild'), { force: true });
    const text = renderReport(report);
    expect(report.passed).toBe(false);
    const { builds, 'smoke-test-passes': whole, ...broken } = outcomes(report);
    expect({ builds, whole }, text).toEqual({ builds: 'passed', whole: 'passed' });
    expect([...new Set(Object.values(broken))], text).toEqual(['failed']);
    for (const said of [
      'drop: no/absolute/path is not absolute',
      'environment for the language answers otherwise the second time',
      'no package: is taken',
      'it goes on to its end',
      '7.7: E_VERSION_UNAVAILABLE',
      '99 is taken, and another version would be built',
      'ghost is planned as ">=1", which is no exact version',
      'install installs although it was cancelled before',
      '/grows is another',
      'in the store: /cache/wild is another',
      '/grows belongs to 0:0 of the host',
      'the pack lists ghost 1, which the runtime does not have',
      'with programs that do nothing, and succeed: every check passes',
      'the runtime does not have',
      '/etc/joblet-wild-pack-was-here was made, changed or removed',
    ]) {
      expect(text).toContain(said);
    }
    expect(existsSync('/etc/joblet-wild-pack-was-here')).toBe(false);
  });

  it('goes on without a pack that ends the process', async () => {
    const report = await checkPack({
      plugin: fixture('stuck-pack.js'),
      pack: 'gone',
      versions: ['1'],
      unknownVersion: '99',
      values: {},
      store: inject('store'),
    });
    expect(outcomes(report)).toMatchObject({ declares: 'passed', pure: 'not-checked', builds: 'not-checked' });
    expect(renderReport(report)).toContain('the process that checks it ended (3)');
  });

  it('ends a pack that hangs when its caller has waited long enough', async () => {
    const stop = new AbortController();
    const server = createServer((_request, response) => {
      response.end();
      stop.abort();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    vi.stubEnv('STUCK_PACK_TELLS', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
    try {
      const report = await checkPack({
        plugin: fixture('stuck-pack.js'),
        pack: 'stuck',
        versions: ['1'],
        unknownVersion: '99',
        values: {},
        store: inject('store'),
        signal: stop.signal,
      });
      expect(outcomes(report)).toMatchObject({ pure: 'passed', 'cancels-planning': 'not-checked' });
      expect(renderReport(report)).toContain('cancelled');
      const state = readdirSync(path.join(inject('store'), 'state'));
      expect(state.filter((name) => name.startsWith('conformance-'))).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      server.close();
    }
  });

  it('says what it does not find', async () => {
    const nowhere = checkPack({
      pack: 'cobol',
      versions: ['1'],
      unknownVersion: '2',
      values: {},
      store: inject('store'),
    });
    await expect(nowhere).rejects.toThrow(/joblet has no pack cobol; there are: .*python/);
  });
});
