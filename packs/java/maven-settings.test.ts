import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMavenSettings } from './maven-settings.js';

function hostWith(files: Readonly<Record<string, string>>, env: Record<string, string> = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'home-'));
  mkdirSync(path.join(home, '.m2'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(home, '.m2', name), text);
  return { env, home, now: () => new Date(0) };
}

const SETTINGS = `<settings><servers>
  <server><id>a</id><username>u</username><password>s&lt;cret</password></server>
  <server><id>b</id><password>\${env.B_PASSWORD}</password></server>
</servers></settings>`;

describe('the settings of the host', () => {
  it('are its files, as they are', async () => {
    const { files } = await readMavenSettings(hostWith({ 'settings.xml': SETTINGS }), '/nowhere');
    expect(Object.fromEntries(files)).toEqual({ 'settings.xml': SETTINGS });
  });

  it('bring the variables that they name, and no other', async () => {
    const host = hostWith({ 'settings.xml': SETTINGS }, { B_PASSWORD: 'p=ß 1', OTHER: 'x' });
    const { files } = await readMavenSettings(host, '/nowhere');
    expect(files.get('environment')).toBe('env.B_PASSWORD=p\\u003d\\u00df\\u00201\n');
  });

  it('say what must not be shown', async () => {
    const host = hostWith({ 'settings.xml': SETTINGS }, { B_PASSWORD: 'hidden' });
    expect((await readMavenSettings(host, '/nowhere')).secrets).toEqual(['s<cret', 'hidden']);
  });

  it('may not be there', async () => {
    expect((await readMavenSettings(hostWith({}), '/nowhere')).files.size).toBe(0);
  });
});
