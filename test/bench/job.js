/**
 * One table from one run: what it takes to run /bin/true in a sandbox, by us and by what one would use instead. Every way is measured after
 * a silence (quiet) and right after another move between control groups (hot), since the kernel makes the first move wait. Needs root,
 * and takes minutes. Arguments: the number of rounds (50).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { DEFAULT_ID_MAP } from '../../dist/core/contracts/id-map.js';
import { createBuilder } from '../../dist/plugins/index.js';
import { ociConfig } from '../../dist/plugins/isolation/bundle.js';
import { hostLimits } from '../../dist/plugins/isolation/host-limits.js';
import { findHostTools } from '../../dist/plugins/isolation/host-tools.js';
import { mappedEntries, mappedMount, rangeOf } from '../../dist/plugins/isolation/id-ranges.js';
import { emptyDisk } from '../../dist/plugins/isolation/work-disk.js';

const rounds = Number(process.argv[2] ?? 50);
const BURST = 200;
const DETACHED = 10;
const SILENCE_MS = 60;
const repository = fileURLToPath(new URL('../..', import.meta.url));
const rnx = path.join(repository, 'cli/bin/rnx.js');
const work = mkdtempSync(path.join(tmpdir(), 'joblet-bench-'));
const store = path.join(work, 'store');
execFileSync('chmod', ['755', work]);

const LIMITS = { memoryBytes: 512 * 1024 ** 2, pids: 512 };
const DISK = { sizeBytes: 1024 ** 3, inodes: 65_536 };

async function main() {
  writeFileSync(
    path.join(work, 'runtime.yaml'),
    'schema_version: "1.0"\nname: bench\nversion: 1.0.0\ndescription: measured\nbase:\n  language: python\n  version: "3.11"\n',
  );
  execFileSync('node', [rnx, '--root', store, 'runtime', 'build', work], { stdio: ['ignore', 'ignore', 'inherit'] });
  const builder = createBuilder({ root: store, readySandboxes: 1 });
  const { rootPath } = await builder.findRuntime('bench');
  const peer = await startPeer(rootPath);
  let number = 0;
  const api = async () => {
    const start = performance.now();
    const job = await builder.jobs.run({ runtime: 'bench', args: ['true'], stdout: 'ignore', stderr: 'ignore' });
    const { status } = await job.exit;
    if (status !== 0) throw new Error(`the job ended with ${status}`);
    return performance.now() - start;
  };
  const ways = {
    'true, no sandbox': () => timed(['true']),
    'unshare, 7 namespaces': () => timed(UNSHARE),
    'bwrap, as many namespaces': () => timed(BWRAP),
    'crun run, the same bundle': () => peer.ask({ run: `bench${number++}` }),
    'joblet, from a program': api,
    'node -e 0': () => timed(['node', '-e', '0']),
    'rnx job run': () => timed(['node', rnx, '--root', store, 'job', 'run', '--runtime=bench', 'true']),
  };
  const figures = await measure(ways);
  const burst = await compareBursts(builder, peer);
  const memory = await detachedMemory();
  peer.end();
  await builder.close();
  print(figures, burst, memory);
}

const UNSHARE = [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  '--pid',
  '--fork',
  '--net',
  '--ipc',
  '--uts',
  '--cgroup',
  'true',
];
const BWRAP = [
  'bwrap',
  '--unshare-all',
  '--ro-bind',
  '/',
  '/',
  '--proc',
  '/proc',
  '--dev',
  '/dev',
  '--tmpfs',
  '/tmp',
  '--',
  'true',
];

/** Interleaved, so that what else the machine does meets all alike. */
async function measure(ways) {
  const move = ownMove();
  const figures = Object.fromEntries(Object.keys(ways).map((name) => [name, { quiet: [], hot: [] }]));
  for (const run of Object.values(ways)) await run();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(ways)) {
      await sleep(SILENCE_MS);
      figures[name].quiet.push(await run());
      await sleep(SILENCE_MS);
      move();
      figures[name].hot.push(await run());
    }
  }
  return figures;
}

/** Moves this process to where it is. */
function ownMove() {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').split('\n');
  const v1 = lines.map((line) => /^\d+:pids:(.*)$/.exec(line)).find(Boolean)?.[1];
  const directory =
    v1 === undefined
      ? `/sys/fs/cgroup${lines.map((line) => /^0::(.*)$/.exec(line)).find(Boolean)?.[1]}`
      : `/sys/fs/cgroup/pids${v1}`;
  return () => writeFileSync(path.join(directory, 'cgroup.procs'), String(process.pid));
}

async function timed([program, ...args]) {
  const start = performance.now();
  const child = spawn(program, args, { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return performance.now() - start;
}

/** crun with the bundle of a job of ours, its disk mounted once for all, and control groups of its own making. */
async function startPeer(rootPath) {
  const directory = path.join(work, 'peer');
  mkdirSync(directory);
  const image = await emptyDisk(path.join(work, 'disks'), DISK, DEFAULT_ID_MAP);
  const range = rangeOf(1, DEFAULT_ID_MAP);
  const config = ociConfig({
    process: {
      profile: 'job',
      args: ['true'],
      env: { PATH: '/usr/bin:/bin', HOME: '/work' },
      network: 'none',
      disk: DISK,
    },
    binds: [],
    rootPath,
    rootWritable: false,
    idMap: range,
    mapping: { option: mappedMount(DEFAULT_ID_MAP, range), rootEntries: mappedEntries(rootPath) },
    initPath: findHostTools(process.env.PATH).init,
    privateDirectory: directory,
    architecture: process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64',
    limits: hostLimits(),
  });
  // Made by the launcher with us; here crun makes its own.
  config.linux.namespaces = config.linux.namespaces.map(({ type }) => ({ type }));
  config.linux.uidMappings = [{ containerID: 0, hostID: range.hostStart, size: range.size }];
  config.linux.gidMappings = config.linux.uidMappings;
  config.linux.resources = {
    memory: { limit: LIMITS.memoryBytes, swap: LIMITS.memoryBytes },
    pids: { limit: LIMITS.pids },
  };
  const script = `
    set -eu
    # crun refuses a hybrid hierarchy whose version 2 side has controllers.
    [ -z "$(cat /sys/fs/cgroup/unified/cgroup.controllers 2>/dev/null)" ] || mount -t tmpfs none /sys/fs/cgroup/unified
    mount -t tmpfs -o mode=755 none "$1"
    mkdir "$1/disk" "$1/bundle" "$1/state"
    mount -t ext4 -o loop "$2" "$1/disk"
    cat <&4 >"$1/bundle/config.json"
    exec node "$3" "$1/bundle" "$1/state"`;
  const child = spawn(
    'unshare',
    ['--mount', '--', 'sh', '-c', script, 'sh', directory, image, path.join(repository, 'test/bench/crun-peer.js')],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] },
  );
  child.stdio[4].end(JSON.stringify(config));
  await once(child, 'message');
  return {
    ask: async (message) => {
      child.send(message);
      const [answer] = await once(child, 'message');
      return answer.ms;
    },
    end: () => child.disconnect(),
  };
}

/** All at once, each with an answer of its own. */
async function compareBursts(builder, peer) {
  const crun = await peer.ask({ burst: BURST });
  const start = performance.now();
  const answers = await Promise.all(
    Array.from({ length: BURST }, async (_, index) => {
      let output = '';
      const stdout = new PassThrough({ encoding: 'utf8' }).on('data', (text) => {
        output += text;
      });
      const job = await builder.jobs.run({ runtime: 'bench', args: ['echo', String(index)], stdout, stderr: 'ignore' });
      await job.exit;
      return output === `${index}\n`;
    }),
  );
  const right = answers.filter(Boolean).length;
  return { crun, ours: performance.now() - start, right };
}

/** Of everything around a detached job but the job: the mean of several. */
async function detachedMemory() {
  for (let index = 0; index < DETACHED; index++) {
    execFileSync('node', [rnx, '--root', store, 'job', 'run', '-d', '--runtime=bench', 'sleep', '1000'], {
      stdio: 'ignore',
    });
  }
  const around = readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && readFile(pid, 'comm').trim() === 'conmon' && readFile(pid, 'cmdline').includes(store),
  );
  const bytes = around
    .flatMap(family)
    .filter((pid) => readFile(pid, 'cmdline') !== 'sleep\x001000\x00')
    .reduce((sum, pid) => sum + proportionalBytes(pid), 0);
  const stop = JSON.parse(execFileSync('node', [rnx, '--root', store, '--json', 'job', 'list'], { encoding: 'utf8' }));
  for (const job of stop.filter(({ status }) => status === 'RUNNING'))
    execFileSync('node', [rnx, '--root', store, 'job', 'stop', job.id], { stdio: 'ignore' });
  return bytes / DETACHED;
}

function family(pid) {
  const children = readFile(pid, `task/${pid}/children`).split(' ').filter(Boolean);
  return [pid, ...children.flatMap(family)];
}

function proportionalBytes(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(readFile(pid, 'smaps_rollup'))?.[1] ?? 0) * 1024;
}

function readFile(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function print(figures, burst, memory) {
  const quiet = (name) => median(figures[name].quiet);
  const hot = (name) => median(figures[name].hot);
  const crun = 'crun run, the same bundle';
  const table = new Table({
    head: ['way', 'quiet ms', 'hot ms', 'of crun, quiet', 'of crun, hot'],
    style: { head: [], border: [] },
  });
  for (const name of Object.keys(figures)) {
    table.push([
      name,
      quiet(name).toFixed(1),
      hot(name).toFixed(1),
      (quiet(name) / quiet(crun)).toFixed(2),
      (hot(name) / hot(crun)).toFixed(2),
    ]);
  }
  console.log(table.toString());
  const budget = quiet('node -e 0') + 60 + quiet(crun);
  const goals = new Table({ head: ['goal', 'asked', 'seen', ''], style: { head: [], border: [] } });
  const goal = (title, asked, seen, holds) => goals.push([title, asked, seen, holds ? 'holds' : 'missed']);
  const ratio = (value) => `${value.toFixed(2)}x`;
  const api = 'joblet, from a program';
  goal('a program, quiet', 'at most 1.2x crun', ratio(quiet(api) / quiet(crun)), quiet(api) <= 1.2 * quiet(crun));
  goal('a program, hot', 'at most 1.4x crun', ratio(hot(api) / hot(crun)), hot(api) <= 1.4 * hot(crun));
  goal(
    'rnx, quiet',
    `node + 60 ms + crun: ${budget.toFixed(0)} ms`,
    `${quiet('rnx job run').toFixed(0)} ms`,
    quiet('rnx job run') <= budget,
  );
  console.log(
    `${BURST} at once: crun ${(burst.crun / BURST).toFixed(1)} ms a job, joblet ${(burst.ours / BURST).toFixed(1)}`,
  );
  goal(`${BURST} at once, right`, String(BURST), String(burst.right), burst.right === BURST);
  goal(
    `${BURST} at once, throughput`,
    'at least 0.8x xargs -P4 crun',
    ratio(burst.crun / burst.ours),
    burst.crun / burst.ours >= 0.8,
  );
  goal('memory around a detached job', 'below 8 MB', `${(memory / 1e6).toFixed(1)} MB`, memory < 8e6);
  console.log(goals.toString());
}

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
