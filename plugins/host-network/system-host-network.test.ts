import { describe, expect, it } from 'vitest';
import { SystemHostNetwork } from './system-host-network.js';

function networkOf(env: Record<string, string>): SystemHostNetwork {
  return new SystemHostNetwork({ env, home: '/root', now: () => new Date(0) });
}

describe('SystemHostNetwork', () => {
  it('passes the proxies in both spellings and nothing else of the environment', async () => {
    const { env } = await networkOf({ https_proxy: 'http://proxy:3128', NO_PROXY: 'local', AWS_SECRET: 'x' }).access();
    expect(env).toMatchObject({ https_proxy: 'http://proxy:3128', NO_PROXY: 'local' });
    expect(env).not.toHaveProperty('AWS_SECRET');
  });

  it('names the password of a proxy as a secret, as it is and decoded', async () => {
    const { secrets } = await networkOf({ http_proxy: 'http://me:p%40ss@proxy:3128' }).access();
    expect(secrets).toEqual(['p@ss']);
  });

  it('binds the authorities to a path of our own, never over the root’s bundle', async () => {
    const { binds } = await networkOf({}).access();
    expect(binds.map((bind) => bind.rootPath)).not.toContain('/etc/ssl/certs/ca-certificates.crt');
    expect(binds.every((bind) => bind.writable !== true)).toBe(true);
  });
});
