import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildRoot } from '../../../core/build/build-root.js';
import type { HostNetwork } from '../../../core/contracts/host-network.js';
import type { BuildServices, PlatformAdapter } from '../../../core/contracts/platform-adapter.js';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * A layer that makes every program of the build root trust what the host trusts. The variables that point at the host's
 * bundle are not enough: programs over GnuTLS read only the distribution's own file, and that file is made anew from
 * `extraDir` whenever a package touches it.
 */
export async function trustHostAuthorities(
  root: BuildRoot,
  adapter: PlatformAdapter,
  network: HostNetwork,
  services: BuildServices,
): Promise<void> {
  const bundlePath = network.authoritiesPath();
  if (bundlePath === undefined) return;
  const bundle = await readFile(bundlePath, 'utf8');
  const { authorities } = adapter;
  await root.extend(
    {
      id: 'host-authorities',
      inputs: [createHash('sha256').update(bundle).digest('hex'), authorities.bundle, authorities.extraDir],
      build: async ({ runner, tmpDir }) => {
        const own = await runner.run({ args: ['cat', authorities.bundle], quiet: true });
        const known = new Set(own.stdout.match(PEM));
        const extra = (bundle.match(PEM) ?? []).filter((certificate) => !known.has(certificate));
        if (extra.length === 0) return null;
        const files = new Map([[authorities.bundle, `${own.stdout.trimEnd()}\n${extra.join('\n')}\n`]]);
        extra.forEach((certificate, index) => {
          files.set(path.join(authorities.extraDir, `joblet-host-${index}.crt`), `${certificate}\n`);
        });
        let count = 0;
        for (const [rootPath, content] of files) {
          // Written by the root's own tool, so that owner and parents are the root's.
          const name = `authority-${++count}`;
          await writeFile(path.join(tmpDir, name), content, { mode: 0o644 });
          await runner.run({ args: ['install', '-D', '-m', '644', `/tmp/${name}`, rootPath] });
        }
        return null;
      },
    },
    services,
  );
}
