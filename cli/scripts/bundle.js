// Bundles the compiled sources into dist/rnx, which the `rnx` binary loads: a few files instead of several hundred, since loading
// those costs more than most commands do. What a command imports when it runs stays in files of its own.
import { readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const outdir = join(dist, 'rnx');
const commandsDir = join(dist, 'cli/commands');

/** For oclif's strategy "explicit": one module that holds all commands by their ids, in place of a search of folders. */
function commandList() {
  const files = readdirSync(commandsDir, { recursive: true })
    .filter((file) => file.endsWith('.js'))
    .sort();
  const imports = files.map((file, index) => `import command${index} from './${file}';`);
  const entries = files.map((file, index) => {
    const id = file.slice(0, -'.js'.length).replaceAll('/', ':');
    return `${JSON.stringify(id)}: command${index},`;
  });
  return [...imports, 'export const COMMANDS = {', ...entries, '};'].join('\n');
}

/** Files that the sources find beside themselves are found from a bundle too: all of it stands in one folder, at a known depth. */
const ownLocations = {
  name: 'own-locations',
  setup(context) {
    context.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(`${dist}/`)) return undefined;
      const contents = await readFile(path, 'utf8');
      if (!contents.includes('import.meta.url')) return undefined;
      const location = `new URL(${JSON.stringify(relative(outdir, path))}, import.meta.url).href`;
      return { contents: contents.replaceAll('import.meta.url', location), loader: 'js' };
    });
  },
};

const commandEntry = {
  name: 'command-entry',
  setup(context) {
    context.onResolve({ filter: /^joblet:commands$/ }, ({ path }) => ({ path, namespace: 'joblet' }));
    context.onLoad({ filter: /.*/, namespace: 'joblet' }, () => ({ contents: commandList(), resolveDir: commandsDir }));
  },
};

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    main: join(dist, 'cli/main.js'),
    commands: 'joblet:commands',
    'command-not-found': join(dist, 'cli/hooks/command-not-found.js'),
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: '[name]-[hash]',
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  // oclif asks for it only to run commands from TypeScript sources.
  external: ['typescript'],
  // Bundled CommonJS requires Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
  },
  plugins: [ownLocations, commandEntry],
  logLevel: 'warning',
});
