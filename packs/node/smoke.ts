import type { LanguagePackage, PackRequest, SmokeCommand } from '../../core/contracts/language-pack.js';
import { dependenciesOf } from './package-spec.js';
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
 * Imports each package named on the command line, as a program in the working directory would. One without code of its own is only
 * looked at; what a package does when it is imported (no display, no arguments) is its own business, files that it misses are not.
 */
const IMPORT = `
const fs = require('fs');
const path = require('path');
const BROKEN = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED', 'ERR_PACKAGE_PATH_NOT_EXPORTED']);
const exit = process.exit;
process.exit = (status) => { throw new Error('exits with status ' + status); };
(async () => {
  const failed = [];
  for (const name of process.argv.slice(1)) {
    try {
      const manifest = JSON.parse(fs.readFileSync(path.join('${MODULES}', name, 'package.json'), 'utf8'));
      const main = manifest.exports || manifest.main || fs.existsSync(path.join('${MODULES}', name, 'index.js'));
      if (main) await import(name);
    } catch (error) {
      if (BROKEN.has(error.code) || error.code === 'ENOENT' || error instanceof SyntaxError) failed.push(name + ': ' + error.message.split('\\n')[0]);
      else console.error('note: import ' + name + ': ' + error);
    }
  }
  console.log(failed.length > 0 ? failed.join('\\n') : 'all imports work');
  exit(failed.length > 0 ? 1 : 0);
})();
`;

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
  const wanted = dependenciesOf(request);
  const names = [...new Set(packages.map(({ name }) => name).filter((name) => wanted.has(name)))];
  if (names.length > 0) {
    commands.push({
      title: 'its npm packages can be imported',
      args: ['node', '-e', IMPORT, ...names],
      expectLine: 'all imports work',
    });
  }
  return commands;
}
