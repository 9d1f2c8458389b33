import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../core/config/config.js';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { Toolchain } from '../../../core/contracts/toolchain-source.js';
import {
  goSite,
  javaSite,
  makeSigningKey,
  nodeSite,
  pythonSite,
  rustSite,
  type SigningKey,
  type Site,
  startVendors,
  type VendorServer,
} from '../../../fixtures/vendor-server/index.js';
import { makeServices, makeSource, requestFor } from './test-support/request.js';

let key: SigningKey;
let strangersKey: SigningKey;
let vendors: VendorServer;
let asMade: Site;

beforeAll(async () => {
  key = await makeSigningKey();
  strangersKey = await makeSigningKey('stranger');
  vendors = await startVendors([goSite, nodeSite, javaSite, rustSite, pythonSite], key);
  asMade = new Map(vendors.site);
});
beforeEach(() => {
  vendors.site.clear();
  for (const [name, content] of asMade) vendors.site.set(name, content);
});
afterAll(async () => {
  await vendors.close();
  await key.close();
  await strangersKey.close();
});

const LANGUAGES = ['go', 'node', 'java', 'rust', 'python'] as const;
type Language = (typeof LANGUAGES)[number];

const ASKED: Readonly<Record<Language, { readonly version: string; readonly exact: string }>> = {
  go: { version: '1.21', exact: '1.21.13' },
  node: { version: '20', exact: '20.20.2' },
  java: { version: '21', exact: '21.0.13+9' },
  rust: { version: '1.75', exact: '1.75.0' },
  python: { version: '3.12', exact: '3.12.13' },
};

const addresses = () => Object.fromEntries(LANGUAGES.map((language) => [language, `${vendors.origin}/${language}`]));
const keyrings = (file: string) => Object.fromEntries(LANGUAGES.map((language) => [language, file]));

async function resolveWith(
  language: string,
  version: string,
  options: { readonly keyring?: string; readonly architecture?: 'amd64' | 'arm64' } = {},
) {
  const made = makeSource('vendor', {
    addresses: addresses(),
    keyrings: options.keyring === undefined ? {} : keyrings(options.keyring),
  });
  const request = requestFor(language, version, options);
  return { ...made, resolution: await made.source.resolve(request, makeServices(made.storeRoot)) };
}

async function unpacked(language: string, version: string, options: { readonly keyring?: string } = {}) {
  const { source, storeRoot, resolution } = await resolveWith(language, version, options);
  if (resolution.kind !== 'archive') throw new Error(JSON.stringify(resolution));
  const directory = path.join(mkdtempSync(path.join(tmpdir(), 'root-')), language);
  await source.unpack(resolution.toolchain, directory, makeServices(storeRoot));
  return { directory, storeRoot, source, toolchain: resolution.toolchain };
}

describe.each(LANGUAGES)('%s', (language) => {
  const { version, exact } = ASKED[language];

  it('is found in its newest patch release, with checksums', async () => {
    const { resolution } = await resolveWith(language, version);
    expect(resolution).toMatchObject({
      kind: 'archive',
      toolchain: { source: 'vendor', language, version: exact, evidence: 'checksum' },
    });
  });

  it('is unpacked without its top directory, owned by the store, through a cache by hash', async () => {
    const { directory, storeRoot, toolchain } = await unpacked(language, version);
    expect(lstatSync(directory).uid).toBe(DEFAULT_ID_MAP.hostStart);
    for (const { hash } of toolchain.archives) {
      expect(existsSync(path.join(storeRoot, 'cache/downloads', hash.replace(':', '-')))).toBe(true);
    }
    if (language === 'rust') {
      expect(readdirSync(directory)).toEqual(['lib']);
      expect(readdirSync(path.join(directory, 'lib')).sort()).toEqual(['cargo.txt', 'rust-std.txt', 'rustc.txt']);
      return;
    }
    const [program = '', link = ''] = readdirSync(path.join(directory, 'bin')).sort();
    const file = lstatSync(path.join(directory, 'bin', program));
    expect([file.uid, file.mode & 0o7777]).toEqual([DEFAULT_ID_MAP.hostStart, 0o755]);
    expect(readlinkSync(path.join(directory, 'bin', link))).toBe(program);
  });

  it('is not fetched again when it is in the cache', async () => {
    const { source, storeRoot, toolchain } = await unpacked(language, version);
    const before = vendors.requests.length;
    const again = path.join(mkdtempSync(path.join(tmpdir(), 'root-')), language);
    await source.unpack(toolchain, again, makeServices(storeRoot));
    expect(vendors.requests.slice(before)).toEqual([]);
    expect(readdirSync(again).length).toBeGreaterThan(0);
  });

  it.each(['binary', 'text'])('is taken when the signature is good, by keys as %s', async (form) => {
    const keyring = form === 'text' ? key.armoredKeyring : key.keyring;
    const { toolchain } = await unpacked(language, version, { keyring });
    expect(toolchain.evidence).toBe('signature');
  });

  it('is refused when another key has signed it', async () => {
    const refused = await unpacked(language, version, { keyring: strangersKey.keyring }).catch((error) => error);
    expect(refused).toMatchObject({ code: 'E_CHECKSUM', exitCode: 6 });
    expect(refused.message).toContain('not in the keyring');
  });

  it('is refused when its archive is another one, and nothing of it is kept', async () => {
    const before = await resolveWith(language, version);
    if (before.resolution.kind !== 'archive') throw new Error('not found');
    const { toolchain } = before.resolution;
    for (const { url } of toolchain.archives) vendors.tamper(new URL(url).pathname);
    const directory = path.join(mkdtempSync(path.join(tmpdir(), 'root-')), language);
    const refused = await before.source
      .unpack(toolchain, directory, makeServices(before.storeRoot))
      .catch((error) => error);
    expect(refused).toMatchObject({ code: 'E_CHECKSUM' });
    expect(readdirSync(path.join(before.storeRoot, 'cache/downloads'))).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  });

  it('is a failure of the network when its archive is not there', async () => {
    const { source, storeRoot, resolution } = await resolveWith(language, version);
    if (resolution.kind !== 'archive') throw new Error('not found');
    for (const { url } of resolution.toolchain.archives) vendors.site.delete(new URL(url).pathname);
    const failed = await source
      .unpack(resolution.toolchain, path.join(storeRoot, 'x'), makeServices(storeRoot))
      .catch((error) => error);
    expect(failed).toMatchObject({ code: 'E_NETWORK' });
    expect(failed.message).toContain('404');
  });

  it('is absent in a version that is not there, however alike', async () => {
    for (const other of ['1.2', '99', '20.2', '3.1.9', version.slice(0, -1)].filter((one) => one !== version)) {
      const { resolution } = await resolveWith(language, other);
      const found = resolution.kind === 'archive' ? resolution.toolchain.version : undefined;
      if (found !== undefined) expect(found.split(/[.+]/).slice(0, other.split('.').length).join('.')).toBe(other);
      else expect(resolution.kind).toBe('absent');
    }
  });

  it('is absent, or older, where the architecture is not there', async () => {
    const { resolution } = await resolveWith(language, version, { architecture: 'arm64' });
    const older: Record<string, string> = { go: '1.21.9', node: '20.9.0' };
    if (older[language] === undefined) expect(resolution).toEqual({ kind: 'absent' });
    else expect(resolution).toMatchObject({ toolchain: { version: older[language] } });
  });

  it('is listed by the versions that are known', async () => {
    const { source, storeRoot } = makeSource('vendor', { addresses: addresses() });
    const request = requestFor(language, version, { known: [version, '77'] });
    const address = `${vendors.origin}/${language}`.replace('http://', '');
    const listing = await source.list(request, makeServices(storeRoot));
    expect(listing).toMatchObject({ kind: 'listed', versions: [{ version, from: address }] });
  });

  it('is unreachable, with the reason, when the server is gone or answers with something else', async () => {
    const gone = makeSource('vendor', { addresses: { [language]: 'http://127.0.0.1:9' } });
    const resolution = await gone.source.resolve(requestFor(language, version), makeServices(gone.storeRoot));
    expect(resolution).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('refuses connections') });
    expect(await gone.source.list(requestFor(language, version), makeServices(gone.storeRoot))).toMatchObject({
      kind: 'unreachable',
    });
    for (const name of vendors.site.keys()) {
      if (/json|toml|assets|available/.test(name)) vendors.site.set(name, Buffer.from('<html>'));
    }
    expect((await resolveWith(language, version)).resolution.kind).toBe('unreachable');
  });

  it('is found at the mirror, in a directory of its name', async () => {
    const { source, storeRoot } = makeSource('mirror', { addresses: { mirror: `${vendors.origin}/` } });
    const resolution = await source.resolve(requestFor(language, version), makeServices(storeRoot));
    expect(resolution).toMatchObject({ kind: 'archive', toolchain: { source: 'mirror', version: exact } });
  });
});

describe('what cannot be trusted', () => {
  it('is an archive that breaks off', async () => {
    const { source, storeRoot, resolution } = await resolveWith('go', '1.21.9');
    if (resolution.kind !== 'archive') throw new Error('not found');
    vendors.truncate('go1.21.9.linux-amd64.tar.gz');
    const failed = await source
      .unpack(resolution.toolchain, path.join(storeRoot, 'x'), makeServices(storeRoot))
      .catch((error) => error);
    expect(failed).toMatchObject({ code: 'E_NETWORK' });
    expect(failed.message).toContain('broke in the middle');
    expect(readdirSync(path.join(storeRoot, 'cache/downloads'))).toEqual([]);
  });

  it("is rust's manifest when its checksum is of another", async () => {
    vendors.tamper('channel-rust-1.75.toml');
    const refused = await resolveWith('rust', '1.75').catch((error) => error);
    expect(refused).toMatchObject({ code: 'E_CHECKSUM' });
  });

  it.each([
    ['node', '20', '/node/v20.20.2/SHASUMS256.txt.asc'],
    ['rust', '1.75', 'channel-rust-1.75.toml.asc'],
    ['python', '3.12', 'SHA256SUMS.asc'],
  ])(
    'is a list of %s whose signature is of something else, before anything is fetched',
    async (language, version, file) => {
      const other = language === 'node' ? (await key.inline('x')).replace(/^x$/m, 'y') : await key.detached('other');
      for (const name of vendors.site.keys()) if (name.endsWith(file)) vendors.site.set(name, Buffer.from(other));
      const refused = await resolveWith(language, version, { keyring: key.keyring }).catch((error) => error);
      expect(refused).toMatchObject({ code: 'E_CHECKSUM' });
      expect(refused.message).toContain('not of this content');
    },
  );

  it('is a signature that has expired', async () => {
    const archive = vendors.site.get('/go/go1.21.13.linux-amd64.tar.gz') ?? '';
    // Of the past, and for a day.
    const expired = await key
      .detached(archive, [
        '--ignore-time-conflict',
        '--faked-system-time',
        '20200101T000000',
        '--default-sig-expire',
        '1d',
      ])
      .catch((error) => error);
    if (expired instanceof Error) throw expired;
    vendors.site.set('/go/go1.21.13.linux-amd64.tar.gz.asc', expired);
    const refused = await unpacked('go', '1.21', { keyring: key.keyring }).catch((error) => error);
    expect(refused).toMatchObject({ code: 'E_CHECKSUM' });
  });

  it('is a list of which only what is signed counts', async () => {
    const file = '/node/v20.20.2/SHASUMS256.txt.asc';
    const forged = `${'0'.repeat(64)}  node-v20.20.2-linux-x64.tar.xz\n\n${vendors.site.get(file)}`;
    vendors.site.set(file, Buffer.from(forged));
    const { resolution } = await resolveWith('node', '20', { keyring: key.keyring });
    expect(resolution).not.toMatchObject({ toolchain: { archives: [{ hash: `sha256:${'0'.repeat(64)}` }] } });
  });
});

describe('the address', () => {
  it('may have a password, which stands in no plan and in no message', async () => {
    const locked = await startVendors([goSite], key, { auth: 'me:opensesame' });
    try {
      const address = `${locked.origin.replace('//', '//me:opensesame@')}/go`;
      const { source, storeRoot } = makeSource('vendor', { addresses: { go: address } });
      const services = makeServices(storeRoot);
      const resolution = await source.resolve(requestFor('go', '1.21'), services);
      expect(JSON.stringify(resolution)).not.toContain('opensesame');
      if (resolution.kind !== 'archive') throw new Error(JSON.stringify(resolution));
      await source.unpack(resolution.toolchain, path.join(storeRoot, 'go'), services);
      expect(readFileSync(path.join(storeRoot, 'go/bin/go'), 'utf8')).toContain('echo go');
      locked.site.clear();
      expect(JSON.stringify(await source.list(requestFor('go', '1.21'), services))).not.toContain('opensesame');
    } finally {
      await locked.close();
    }
  });

  it('of a mirror makes the mirror a source; without one there is none', () => {
    const { source, config } = makeSource('mirror', { addresses: { mirror: 'https://mirror.example.com' } });
    expect(source.serves('go', [], config)).toBe(true);
    expect(source.serves('cobol', [], config)).toBe(false);
    expect(source.serves('go', [], DEFAULT_CONFIG)).toBe(false);
  });

  it('of each vendor is its own unless the configuration says otherwise', () => {
    const { source, config } = makeSource('vendor', {});
    expect(LANGUAGES.map((language) => source.serves(language, [], config))).toEqual(LANGUAGES.map(() => true));
    expect(source.serves('ruby', [], config)).toBe(false);
  });
});

it('cancels a download', async () => {
  const { source, storeRoot, resolution } = await resolveWith('go', '1.21');
  if (resolution.kind !== 'archive') throw new Error('not found');
  const toolchain: Toolchain = resolution.toolchain;
  const services = makeServices(storeRoot, AbortSignal.abort());
  const ended = await source.unpack(toolchain, path.join(storeRoot, 'x'), services).catch((error) => error);
  expect(ended).toMatchObject({ code: 'E_CANCELLED' });
});
