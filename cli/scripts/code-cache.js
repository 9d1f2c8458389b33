// code-cache.js NAME ARGUMENT...: writes a code cache of the bundle, of what V8 compiled while `rnx ARGUMENT...` ran. Without arguments:
// the two that cli/bin/program.js chooses from. Both are for the Node.js that runs this; rnx itself never writes any.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { BUNDLE, ROOT, cacheFile, load } = require('../bin/load.js');

const [name, ...argv] = process.argv.slice(2);
if (name === undefined) await writeAll();
else await writeOne();

async function writeOne() {
  const { script, exports: program } = load(BUNDLE);
  process.on('exit', () => writeFileSync(cacheFile(name), script.createCachedData()));
  await program.main(argv, ROOT, program.COMMANDS);
}

/** Command lines that come far and change nothing: a job of an empty root, a build of a specification with an error. */
async function writeAll() {
  const store = mkdtempSync(join(tmpdir(), 'rnx-'));
  const runtime = join(store, 'runtimes/empty/1.0.0');
  for (const dir of ['proc', 'dev', 'tmp', 'run', 'work'])
    mkdirSync(join(runtime, 'isolated', dir), { recursive: true });
  writeFileSync(join(runtime, 'runtime.yml'), 'name: empty\nenvironment:\n  PATH: /bin\nbuild_info: {}\n');
  writeFileSync(join(store, 'runtime.yaml'), 'name: wrong\npip:\n  - "numpy>=1"\nenvironment:\n  A: "1"\n');
  const write = (...args) => spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args]);
  try {
    write('job', 'job', 'run', `--root=${store}`, '--runtime=empty', 'true');
    write('runtime', 'runtime', 'build', `--root=${store}`, store);
  } finally {
    rmSync(store, { recursive: true });
  }
}
