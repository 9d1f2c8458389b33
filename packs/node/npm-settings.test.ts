import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpmSettings } from './npm-settings.js';

function hostWith(npmrc: string, env: Record<string, string> = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'home-'));
  writeFileSync(path.join(home, '.npmrc'), npmrc);
  return { env, home, now: () => new Date(0) };
}

describe("the host's npm settings", () => {
  it('are those that say where packages come from, and no others', async () => {
    const text = `registry=https://npm.example.com/
@mine:registry=https://mine.example.com/npm/
prefix=/home/me/npm
cache=/home/me/cache
script-shell=/bin/zsh
//mine.example.com/npm/:_authToken=secret-1
proxy=http://me:secret-2@proxy.example.com:3128
noproxy=localhost
`;
    const { values, secrets } = await readNpmSettings(hostWith(text), []);
    expect([...values]).toEqual([
      ['registry', 'https://npm.example.com/'],
      ['@mine:registry', 'https://mine.example.com/npm/'],
      ['//mine.example.com/npm/:_authToken', 'secret-1'],
      ['proxy', 'http://me:secret-2@proxy.example.com:3128'],
      ['noproxy', 'localhost'],
    ]);
    expect(secrets).toEqual(['secret-1', 'secret-2']);
  });

  it('of variables win over those of the user, and these over those of the machine', async () => {
    const machine = path.join(mkdtempSync(path.join(tmpdir(), 'etc-')), 'npmrc');
    writeFileSync(machine, 'registry=https://machine.example.com\ntag=next\nfetch-retries=7\n');
    const host = hostWith('registry=https://user.example.com\ntag=beta\n', {
      npm_config_registry: 'https://variable.example.com',
      NPM_CONFIG_FETCH_TIMEOUT: '5000',
      npm_config_tag: '',
    });
    expect(Object.fromEntries((await readNpmSettings(host, [machine])).values)).toEqual({
      registry: 'https://variable.example.com',
      tag: 'beta',
      'fetch-retries': '7',
      'fetch-timeout': '5000',
    });
  });

  it('are in the files that variables name', async () => {
    const host = hostWith('registry=https://user.example.com\n');
    const other = path.join(host.home, 'other');
    mkdirSync(other);
    writeFileSync(path.join(other, 'npmrc'), 'registry=https://other.example.com\n');
    const env = { NPM_CONFIG_USERCONFIG: path.join(other, 'npmrc'), npm_config_globalconfig: '/nowhere' };
    const { values } = await readNpmSettings({ ...host, env }, ['/etc/npmrc']);
    expect([...values]).toEqual([['registry', 'https://other.example.com']]);
  });

  it('have their variables put in, and passwords are secret as they are written and as they are meant', async () => {
    const password = Buffer.from('opensesame').toString('base64');
    const both = Buffer.from('me:swordfish').toString('base64');
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: npm's own notation
    const text = '//a/:_authToken=${TOKEN}\n//b/:_password=${PASSWORD}\n//c/:_authToken=${UNSET}\n//d/:_auth=${BOTH}\n';
    const { values, secrets } = await readNpmSettings(
      hostWith(text, { TOKEN: 'of-the-variable', PASSWORD: password, BOTH: both }),
      [],
    );
    expect(values.get('//a/:_authToken')).toBe('of-the-variable');
    expect(values.get('//c/:_authToken')).toBe('${UNSET}');
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: npm's own notation
    expect(secrets).toEqual(expect.arrayContaining(['of-the-variable', password, 'opensesame', both, 'swordfish']));
  });
});
