// Bundles the compiled sources into dist/rnx/, which `rnx` loads as cli/bin/load.js says: finding and compiling hundreds of modules
// takes longer than most commands do. program.cjs has all commands, jobs.cjs those of jobs.
import { readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { importCryptoLate, lateRequires } from './late-requires.js';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const outdir = join(dist, 'rnx');
const commandsDir = join(dist, 'cli/commands');

/** What jobs hardly ever need, and the rest of the program always has: jobs.cjs takes it from there. */
const PARTS = ['plugins/index.js', 'cli/render/plain-build.js', 'cli/render/tree-build.js'];

/** COMMANDS, commands by their ids, is for oclif too: its strategy "explicit", in place of a search of folders. */
function commands(isIncluded) {
  const files = readdirSync(commandsDir, { recursive: true })
    .filter((file) => file.endsWith('.js') && isIncluded(file))
    .sort();
  const imports = files.map((file, index) => `import command${index} from './${file}';`);
  const entries = files.map((file, index) => {
    const id = file.slice(0, -'.js'.length).replaceAll('/', ':');
    return `${JSON.stringify(id)}: command${index},`;
  });
  return ["export { main } from '../main.js';", ...imports, 'export const COMMANDS = {', ...entries, '};'];
}

function parts() {
  const entries = PARTS.map((part) => `${JSON.stringify(part)}: () => require('../../${part}'),`);
  return ['export const PARTS = {', ...entries, '};'];
}

const ownSources = {
  name: 'own-sources',
  setup(context) {
    context.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (!path.startsWith(`${dist}/`)) return undefined;
      // Files that the sources find beside themselves are found from the bundle too.
      const location = `new URL(${JSON.stringify(relative(outdir, path))}, BUNDLE_URL).href`;
      const contents = importCryptoLate(await readFile(path, 'utf8')).replaceAll('import.meta.url', location);
      return { contents, loader: 'js' };
    });
  },
};

const partsOfProgram = {
  name: 'parts-of-program',
  setup(context) {
    context.onResolve({ filter: /^\..*\.js$/ }, ({ path, resolveDir, kind }) => {
      const part = relative(dist, join(resolveDir, path));
      return kind === 'dynamic-import' && PARTS.includes(part) ? { path: part, namespace: 'part' } : undefined;
    });
    context.onResolve({ filter: /./, namespace: 'part' }, ({ path }) => ({ path, external: true }));
    context.onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
      contents: `module.exports = require('../../cli/bin/program.js').PARTS[${JSON.stringify(path)}]();`,
    }));
  },
};

async function bundle(name, entry, plugins) {
  await build({
    stdin: { contents: entry.join('\n'), resolveDir: commandsDir, sourcefile: 'entry.js' },
    outfile: join(outdir, `${name}.cjs`),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    minifyWhitespace: true,
    minifySyntax: true,
    // oclif as a whole stays outside: it imports its plugins, and import() does not work in a script with a code cache. Of it, the
    // bundle has what commands are made of; it would ask for `typescript` only to run commands from sources.
    external: ['@oclif/core/run', '@oclif/core/settings', 'typescript'],
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'BUNDLE_URL' },
    banner: { js: "const BUNDLE_URL = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [ownSources, lateRequires(/\/node_modules\/(@oclif\/core\/lib|debug\/src)\/.*\.js$/), ...plugins],
    logLevel: 'warning',
  });
}

rmSync(outdir, { recursive: true, force: true });
const hook = "export { default as commandNotFound } from '../hooks/command-not-found.js';";
await bundle('program', [hook, ...commands(() => true), ...parts()], []);
await bundle(
  'jobs',
  commands((file) => file.startsWith('job/')),
  [partsOfProgram],
);
