'use strict';
// How rnx starts fast: the program is one file (cli/scripts/bundle.js), and what V8 compiled of it in runs at build time
// (cli/scripts/code-cache.js) lies beside it. V8 compares such data with its own version and flags, and uses none that differs:
// under another Node.js than the one of `npm run build`, the file is compiled as any other, which takes longer and is all. These
// files are CommonJS, since Node loads its loader of ES modules only when one is asked for.
const { readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** The directory of this package. */
const ROOT = join(__dirname, '../..');

/** The files that there are: all commands, and those of jobs alone, since the less there is the sooner it is read. */
const bundle = (name) => join(ROOT, `dist/rnx/${name}.cjs`);

exports.ROOT = ROOT;
exports.bundle = bundle;
exports.cacheFile = (name) => `${bundle(name)}.cache`;

/** Loads a CommonJS file as Node would, save that it cannot use import(). */
exports.load = (name, cachedData = readCache(name)) => {
  const filename = bundle(name);
  // Latin-1 is read faster; the bundle is ASCII.
  const source = wrap(readFileSync(filename, 'latin1'));
  const script = new Script(source, { filename, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
  return { script, exports: module.exports };
};

function readCache(name) {
  try {
    return readFileSync(exports.cacheFile(name));
  } catch {
    return undefined;
  }
}

exports.loadProgram = (name) => {
  if (!process.env.DEBUG) return exports.load(name).exports;
  // Source maps, by which a trace names the sources, are followed in what Node loads itself only.
  process.setSourceMapsEnabled(true);
  return require(bundle(name));
};
