// code-cache.js NAME ARGUMENT...: adds to the code cache of a bundle what V8 compiled while `rnx ARGUMENT...` ran. Without arguments:
// makes those of all bundles. They are for the Node.js that runs this; rnx itself never writes any.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { ROOT, cacheFile, load } = require('../bin/load.js');

const [name, ...argv] = process.argv.slice(2);
if (name === undefined) await writeAll();
else await writeOne();

async function writeOne() {
  const { script, exports: program } = load(name);
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
    // The one program that every job finds: its init. A first job does what no later one has to.
    const job = ['job', 'run', `--root=${store}`, '--runtime=empty', '/dev/init', '--version'];
    spawnSync(process.execPath, [join(ROOT, 'cli/bin/rnx.js'), ...job]);
    write('jobs', ...job);
    write('jobs', 'job', 'list', `--root=${store}`);
    write('program', 'runtime', 'build', `--root=${store}`, store);
  } finally {
    rmSync(store, { recursive: true });
  }
}
