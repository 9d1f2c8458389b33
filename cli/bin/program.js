'use strict';
// The whole program, for rnx.js and for oclif, which finds the commands here: one copy for both.
module.exports = require('./load.js').loadProgram('program');
