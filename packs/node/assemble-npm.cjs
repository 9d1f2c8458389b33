// Makes one directory of the npm of a distribution that has each of its parts as a package of its own: npm with what its
// package.json, and those of its parts, name. Hundreds of packages that those packages want, a compiler's and python among them,
// then need not stay in a runtime. Arguments: where npm is, the directory to make.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const [npm, target] = process.argv.slice(2);
const modules = path.join(target, 'node_modules');

/** Where the distribution's node looks, after the directories named node_modules. */
const PLACES = [path.dirname(npm), '/usr/share/nodejs', '/usr/lib/nodejs'];

/** Documents, links to all manuals of the system, tests. */
const LEFT_OUT = new Set(['docs', 'man', 'tap-snapshots', 'test', 'tests']);

/** What parts of Debian's npm require, and do not name. */
const UNDECLARED = ['wcwidth.js', 'defaults', 'ansi-styles', 'supports-color'];

/** Where a package's `require` finds another; undefined for an optional one that is not there. */
function find(name, from) {
  const above = from.split('/').map((_, at, parts) => path.join('/', ...parts.slice(0, at + 1), 'node_modules'));
  // /usr/share/node_modules is a link to the directory of all packages.
  const places = [...above.reverse(), ...PLACES].filter(fs.existsSync).map((place) => fs.realpathSync(place));
  const candidates = places.map((place) => path.join(place, name));
  return candidates.find((one) => fs.existsSync(path.join(one, 'package.json')));
}

/** Directories of npm and of all that it needs, outside of its own; names that are nested in one lie in it. */
function closure(start) {
  const found = new Map([['npm', start]]);
  const queue = [start, ...nested(start)];
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    const manifest = JSON.parse(fs.readFileSync(path.join(one, 'package.json'), 'utf8'));
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    for (const name of new Set([...declared, ...(one === start ? UNDECLARED : [])])) {
      const directory = find(name, one);
      if (directory === undefined || found.has(name) || directory.includes('/node_modules/')) continue;
      found.set(name, directory);
      queue.push(directory, ...nested(directory));
    }
  }
  return found;
}

/** Packages below a directory's node_modules, however deep. */
function nested(directory) {
  const own = path.join(directory, 'node_modules');
  if (!fs.existsSync(own)) return [];
  const names = fs
    .readdirSync(own)
    .flatMap((name) =>
      name.startsWith('@') ? fs.readdirSync(path.join(own, name)).map((one) => `${name}/${one}`) : name,
    );
  return names
    .map((name) => path.join(own, name))
    .filter((one) => fs.existsSync(path.join(one, 'package.json')))
    .flatMap((one) => [one, ...nested(one)]);
}

execFileSync('rm', ['-rf', '--', target]);
for (const [name, directory] of closure(npm)) {
  const to = path.join(modules, name);
  fs.mkdirSync(to, { recursive: true });
  const entries = fs.readdirSync(directory).filter((one) => !LEFT_OUT.has(one));
  execFileSync('cp', ['-rP', '--', ...entries.map((one) => path.join(directory, one)), to]);
  settleLinks(to, directory, to);
  // Those of @npmcli find what lies in npm: by a link, which holds here as it does there.
  const [link, own] = [directory, to].map((one) => path.join(path.dirname(one), 'node_modules'));
  if (isLink(link) && !isLink(own)) fs.symlinkSync(fs.readlinkSync(link), own);
}

/** Links to what is in the package stay; of others, what they lead to: it is in packages that do not stay. */
function settleLinks(at, directory, copy) {
  for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
    const file = path.join(at, entry.name);
    if (entry.isDirectory()) settleLinks(file, directory, copy);
    if (!entry.isSymbolicLink()) continue;
    const target = path.resolve(path.dirname(path.join(directory, path.relative(copy, file))), fs.readlinkSync(file));
    const inside = path.relative(directory, target);
    fs.unlinkSync(file);
    if (!inside.startsWith('..')) fs.symlinkSync(path.relative(at, path.join(copy, inside)) || '.', file);
    else if (fs.existsSync(target)) execFileSync('cp', ['-rL', '--', target, file]);
  }
}

function isLink(file) {
  try {
    return fs.lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}
