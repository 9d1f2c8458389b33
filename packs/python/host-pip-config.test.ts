import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHostPipConfig } from './host-pip-config.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'pip-config-'));
});
afterEach(() => rm(home, { recursive: true }));

async function put(name: string, text: string): Promise<string> {
  const file = path.join(home, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

function read(env: Record<string, string> = {}) {
  return readHostPipConfig({ env: { XDG_CONFIG_DIRS: `${home}/xdg`, ...env }, home, now: () => new Date() });
}

test("lets the user's file win over the machine's, and the environment over both", async () => {
  await put('xdg/pip/pip.conf', '[global]\nindex-url = https://machine.test\ntimeout = 10\nretries = 1');
  await put('.pip/pip.conf', '[global]\nindex-url = https://old.test\nretries = 3');
  await put('.config/pip/pip.conf', '[global]\nindex-url = https://user.test');
  const settings = await read({ PIP_RETRIES: '7' });
  expect(settings.get('index-url')).toBe('https://user.test');
  expect(settings.get('timeout')).toBe('10');
  expect(settings.get('retries')).toBe('7');
});

test('lets the section of install win over global, whichever file it is in', async () => {
  await put('xdg/pip/pip.conf', '[install]\nindex-url = https://install.test');
  await put('.config/pip/pip.conf', '[global]\nindex-url = https://global.test');
  expect((await read()).get('index-url')).toBe('https://install.test');
});

test("takes PIP_CONFIG_FILE in place of the user's files", async () => {
  await put('.config/pip/pip.conf', '[global]\nretries = 9');
  const own = await put('own.conf', '[global]\nindex-url = https://own.test');
  const settings = await read({ PIP_CONFIG_FILE: own });
  expect(settings.get('index-url')).toBe('https://own.test');
  expect(settings.get('retries')).toBeUndefined();
});

test('reads no file when PIP_CONFIG_FILE is /dev/null', async () => {
  await put('.config/pip/pip.conf', '[global]\nindex-url = https://user.test');
  expect(await read({ PIP_CONFIG_FILE: '/dev/null' })).toEqual(new Map());
});

test('leaves behind what is about the pythons of the host', async () => {
  await put(
    '.config/pip/pip.conf',
    '[global]\ntarget = /srv\nuser = true\nno-compile = 0\nindex-url = https://user.test',
  );
  const settings = await read({ PIP_CONFIG_FILE: path.join(home, 'none'), PIP_NO_COMPILE: '0', PIP_TARGET: '/x' });
  expect([...settings.keys()].filter((key) => ['target', 'user', 'no-compile'].includes(key))).toEqual([]);
  expect(settings.get('index-url')).toBe('https://user.test');
});

test('takes PIP_DEFAULT_TIMEOUT for the timeout, and nothing from an empty variable', async () => {
  const settings = await read({ PIP_CONFIG_FILE: '/dev/null', PIP_DEFAULT_TIMEOUT: '180', PIP_INDEX_URL: '' });
  expect(settings).toEqual(new Map([['timeout', '180']]));
});
