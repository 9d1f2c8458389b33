#!/usr/bin/env node
const [major] = process.versions.node.split('.');
if (Number(major) < 20) {
  process.stderr.write(`Error: rnx needs Node.js 20 or newer; this is ${process.version}\n`);
  process.exit(4);
}

// The program is a bundle: with its source maps a trace names the sources.
if (process.env.DEBUG) process.setSourceMapsEnabled(true);

let main;
try {
  ({ main } = await import('../../dist/rnx/main.js'));
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('/dist/rnx/main.js')) throw error;
  process.stderr.write('Error: rnx is not compiled yet\nHint: npm run build\n');
  process.exit(70);
}
await main(process.argv.slice(2), import.meta.url);
