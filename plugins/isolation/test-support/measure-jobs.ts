import { runJob } from './run.js';

/** What limits do to jobs in a tiny root, seen from inside and outside. As with the groups, a busy machine only makes figures smaller. */

const MIB = 1024 * 1024;

const disk = { sizeBytes: 32 * MIB, inodes: 512 };
const roomy = { pids: 64, memoryBytes: 256 * MIB };

export async function measureJobs(root: string) {
  const job = (script: string, limits: object) =>
    runJob(root, ['sh', '-c', script], { disk, limits: { ...roomy, ...limits } });

  const spin = await job(
    'for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; sleep 4; kill -9 -1', // TERM would need their time
    { cpuPercent: 20 },
  );
  const hog = await job('sleep 1000 & perl -e \'my $x = "x" x (400 * 1024 * 1024); sleep 1000\'; wait', {
    memoryBytes: 64 * MIB,
  });
  const forks = await job(
    "perl -e 'my $n = 0; while ($n < 200) { my $p = fork; last unless defined $p; if ($p == 0) { sleep 1000 } $n++ } print $n; kill 9, -1'",
    { pids: 40 },
  );
  const cores = await job('sed -n "s/^Cpus_allowed_list:\\s*//p" /proc/self/status; cat /proc/self/cgroup', {
    cpuCores: [1],
  });
  const writeBytes = 4 * MIB;
  const io = await job(
    `read up rest </proc/uptime; dd if=/dev/zero of=x bs=64k count=${writeBytes / 65536} conv=fsync 2>/dev/null; read now rest </proc/uptime; echo $up $now`,
    { ioBytesPerSecond: MIB },
  );
  const [from = 0, to = 0] = io.stdout.split(' ').map(Number);
  return {
    cpuPercent: (100 * (spin.usage.cpuMs ?? Number.NaN)) / spin.durationMs,
    memory: { status: hog.status, reason: hog.reason, peakMb: (hog.usage.peakMemoryBytes ?? 0) / MIB },
    forks: Number(forks.stdout),
    cores: cores.stdout.split('\n')[0],
    groupsSeen: cores.stdout.split('\n').slice(1).filter(Boolean),
    io: { bytesPerSecond: writeBytes / (to - from), counted: io.usage.ioWriteBytes },
  };
}
