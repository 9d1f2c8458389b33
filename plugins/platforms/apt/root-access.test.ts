import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_ID_MAP } from '../../../core/contracts/id-map.js';
import type { HostApt } from './host-apt.js';
import { parseOneLine } from './parse-sources.js';
import { rootAptAccess } from './root-access.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'root-access-'));
});
afterEach(() => rm(directory, { recursive: true }));

function hostApt(parts: Partial<HostApt>): HostApt {
  const none = join(directory, 'none');
  return { acquire: [], sources: [], trusted: none, trustedParts: none, netrc: none, netrcParts: none, ...parts };
}

const fileOf = (rootPath = '') => join(directory, rootPath.replace('/dev/', ''));

it('hands on proxies and time limits, but nothing that only the host has', async () => {
  const apt = hostApt({
    acquire: [
      { name: 'Acquire::http::Proxy', value: 'http://someone:p%40ss@proxy.invalid:3128' },
      { name: 'Acquire::http::Proxy::mirror.invalid', value: 'DIRECT' },
      { name: 'Acquire::http::Timeout', value: '77' },
      { name: 'Acquire::https::CAInfo', value: '/etc/company.pem' },
      { name: 'Acquire::http::Proxy-Auto-Detect', value: 'find-proxy' },
    ],
  });
  const access = await rootAptAccess(apt, directory, DEFAULT_ID_MAP);
  const file = fileOf(access.env['APT_CONFIG']);
  // As apt itself understands it.
  const dump = await execa('apt-config', ['dump'], { env: { APT_CONFIG: file } });
  expect(dump.stdout).toContain('Acquire::http::Proxy "http://someone:p%40ss@proxy.invalid:3128";');
  expect(dump.stdout).toContain('Acquire::http::Proxy::mirror.invalid "DIRECT";');
  expect(dump.stdout).toContain('Acquire::http::Timeout "77";');
  expect(await readFile(file, 'utf8')).not.toMatch(/company|find-proxy|netrc/);
  expect(access.secrets).toEqual(['p%40ss', 'p@ss']);
  expect(access.binds.map((bind) => bind.rootPath)).toEqual([access.env['APT_CONFIG']]);
});

it('hands on every password that the host’s apt knows, readable for the root’s root alone', async () => {
  const netrcParts = join(directory, 'auth.conf.d');
  await mkdir(netrcParts);
  await writeFile(join(netrcParts, 'mirror.conf'), 'machine parts.invalid login a password of-a-part');
  await writeFile(join(netrcParts, 'mirror.conf.bak'), 'machine bak.invalid login a password old');
  await writeFile(join(directory, 'auth.conf'), 'machine main.invalid login a password of-the-file\n');
  const sources = parseOneLine('deb http://me:in-the%2Fsource@source.invalid/debian trixie main', 'amd64');
  const apt = hostApt({ netrc: join(directory, 'auth.conf'), netrcParts, sources });
  const access = await rootAptAccess(apt, directory, DEFAULT_ID_MAP);
  const rootPath = /Dir::Etc::netrc "(.*)"/.exec(await readFile(fileOf(access.env['APT_CONFIG']), 'utf8'))?.[1];
  expect(access.binds.map((bind) => bind.rootPath)).toContain(rootPath);
  expect((await readFile(fileOf(rootPath), 'utf8')).split('\n')).toEqual([
    'machine http://source.invalid/debian login me password in-the/source',
    'machine main.invalid login a password of-the-file',
    'machine parts.invalid login a password of-a-part',
    '',
  ]);
  const { mode, uid } = await stat(fileOf(rootPath));
  expect([mode & 0o777, uid]).toEqual([0o600, DEFAULT_ID_MAP.hostStart]);
  expect(access.secrets).toEqual(['in-the/source', 'of-the-file', 'of-a-part']);
});
