'use strict';
// The program, for rnx.js and for oclif, which finds the commands here: one copy for both.
const { readFileSync } = require('node:fs');
const { BUNDLE, cacheFile, load } = require('./load.js');

/** The less is in a cache the sooner it is read: jobs have one of their own. A wrong guess costs milliseconds. */
function readCache() {
  try {
    return readFileSync(cacheFile(process.argv.includes('job') ? 'job' : 'runtime'));
  } catch {
    return undefined;
  }
}

if (process.env.DEBUG) {
  // Source maps, by which a trace names the sources, are followed in what Node loads itself only.
  process.setSourceMapsEnabled(true);
  module.exports = require(BUNDLE);
} else {
  module.exports = load(BUNDLE, readCache()).exports;
}
