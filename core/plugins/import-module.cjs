'use strict';
// A file of its own, which is CommonJS and outside of the bundle of `rnx`: import() does not work in a script with a code cache.
exports.importModule = (url) => import(url);
