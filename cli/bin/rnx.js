#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { ROOT, bundle, loadProgram } = require('./load.js');

const [major] = process.versions.node.split('.');
if (Number(major) < 20) {
  process.stderr.write(`Error: rnx needs Node.js 20 or newer; this is ${process.version}\n`);
  process.exit(4);
}
if (!existsSync(bundle('program'))) {
  process.stderr.write('Error: rnx is not compiled yet\nHint: npm run build\n');
  process.exit(70);
}
const argv = process.argv.slice(2);
const whole = () => require('./program.js');
// A guess: what is not a job's is left to the whole program.
const { main, COMMANDS } = argv.includes('job') ? loadProgram('jobs') : whole();
main(argv, ROOT, COMMANDS, whole);
