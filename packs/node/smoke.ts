import type { LanguagePackage, PackRequest, SmokeCommand } from '../../core/contracts/language-pack.js';
import { dependenciesOf, packagesOf } from './package-spec.js';
import { MODULES } from './versions.js';

/** Prints the version asked for when it is this node's. Opens what TLS and numbers of other languages need. */
const LANGUAGE = `
const [asked = process.versions.node] = process.argv.slice(1);
const { node } = process.versions;
if (node !== asked && !node.startsWith(asked + '.')) throw new Error('this is node ' + node);
require('tls').createSecureContext();
require('crypto').createHash('sha256').update('').digest('hex');
require('zlib').gunzipSync(require('zlib').gzipSync('x'));
console.log('node ' + asked);
`;

/**
 * Looks for each package of the list (arguments before `--`), then imports those after it, as a program in the working directory would;
 * where none are named, those that no other one wants. A package without code of its own is only looked at. What one does when it is
 * imported (no display, no arguments) is its own business; files that it misses are not.
 */
const PACKAGES = `
const fs = require('fs');
const path = require('path');
const BROKEN = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED', 'ERR_PACKAGE_PATH_NOT_EXPORTED', 'ENOENT']);
const exit = process.exit;
process.exit = (status) => { throw new Error('exits with status ' + status); };
const namesIn = (dir) => (fs.existsSync(dir) ? fs.readdirSync(dir) : []).filter((name) => !name.startsWith('.'))
  .flatMap((name) => name.startsWith('@') ? fs.readdirSync(path.join(dir, name)).map((one) => name + '/' + one) : [name]);
const found = new Set();
const wantedByOthers = new Set();
const top = new Map();
function walk(dir) {
  for (const name of namesIn(dir)) {
    const file = path.join(dir, name, 'package.json');
    if (!fs.existsSync(file)) continue;
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
    found.add(name + '@' + String(manifest.version).replace(/^[v=\\s]+|\\+.*$/g, ''));
    for (const other of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies })) wantedByOthers.add(other);
    if (dir === '${MODULES}') top.set(name, manifest);
    walk(path.join(dir, name, 'node_modules'));
  }
}
(async () => {
  const labels = process.argv.slice(1);
  const asked = labels.splice(labels.indexOf('--')).slice(1);
  walk('${MODULES}');
  const failed = labels.filter((label) => !found.has(label.replace(/\\+.*$/, ''))).map((label) => label + ' is not there');
  for (const name of asked.length > 0 ? asked : [...top.keys()].filter((one) => !wantedByOthers.has(one))) {
    const manifest = top.get(name);
    try {
      if (manifest && (manifest.exports || manifest.main || fs.existsSync(path.join('${MODULES}', name, 'index.js')))) await import(name);
    } catch (error) {
      if (BROKEN.has(error.code) || error instanceof SyntaxError) failed.push(name + ': ' + error.message.split('\\n')[0]);
      else console.error('note: import ' + name + ': ' + error);
    }
  }
  console.log(failed.length > 0 ? failed.join('\\n') : 'all imports work');
  exit(failed.length > 0 ? 1 : 0);
})();
`;

/** Labels of npm packages; a runtime may list packages of other languages too. */
const LABEL = /^(?:@[^/@]+\/)?[^@/]+@\d+\.\d+\.\d+\S*$/;

/** What a finished node runtime must do. */
export function smokeCommands(request: PackRequest, packages: readonly LanguagePackage[]): readonly SmokeCommand[] {
  const { version } = request;
  const commands: SmokeCommand[] = [
    {
      title: version === undefined ? 'node runs' : `node is version ${version}`,
      args: ['node', '-e', LANGUAGE, ...(version === undefined ? [] : [version])],
      ...(version === undefined ? {} : { expectLine: `node ${version}` }),
    },
    { title: 'npm and npx run', args: ['sh', '-c', 'npm --version && npx --version'] },
  ];
  const labels = packages.map(({ label }) => label).filter((label) => LABEL.test(label));
  if (labels.length > 0) {
    const asked = dependenciesOf(packagesOf(request)).keys();
    commands.push({
      title: 'its npm packages can be imported',
      args: ['node', '-e', PACKAGES, ...labels, '--', ...asked],
      expectLine: 'all imports work',
    });
  }
  return commands;
}
