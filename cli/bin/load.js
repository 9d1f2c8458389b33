'use strict';
// How rnx starts fast: the program is one file (cli/scripts/bundle.js), and what V8 compiled of it in a run at build time
// (cli/scripts/code-cache.js) lies beside it. V8 compares such data with its own version and flags, and uses none that differs:
// under another Node.js than the one of `npm run build`, the file is compiled as any other, which takes longer and is all. These
// files are CommonJS, since Node loads its loader of ES modules only when one is asked for.
const { readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

/** The directory of this package. */
const ROOT = join(__dirname, '../..');
const BUNDLE = join(ROOT, 'dist/rnx/program.cjs');

exports.ROOT = ROOT;
exports.BUNDLE = BUNDLE;
exports.cacheFile = (name) => `${BUNDLE}.${name}-cache`;

/** Loads a CommonJS file as Node would, save that it cannot use import(). */
exports.load = (filename, cachedData) => {
  // Latin-1 is read faster; the bundle is ASCII.
  const script = new Script(wrap(readFileSync(filename, 'latin1')), { filename, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
  return { script, exports: module.exports };
};
