#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { BUNDLE, ROOT } = require('./load.js');

const [major] = process.versions.node.split('.');
if (Number(major) < 20) {
  process.stderr.write(`Error: rnx needs Node.js 20 or newer; this is ${process.version}\n`);
  process.exit(4);
}
if (!existsSync(BUNDLE)) {
  process.stderr.write('Error: rnx is not compiled yet\nHint: npm run build\n');
  process.exit(70);
}
const { main, COMMANDS } = require('./program.js');
main(process.argv.slice(2), ROOT, COMMANDS);
