import { execa } from 'execa';

/** Memory of NVIDIA's GPUs, by number and by serial number; empty where nvidia-smi is not there. CDI does not say it. */
export async function gpuMemoryBytes(program = 'nvidia-smi'): Promise<ReadonlyMap<string, number>> {
  const query = ['--query-gpu=index,uuid,memory.total', '--format=csv,noheader,nounits'];
  const { exitCode, stdout } = await execa(program, query, {
    reject: false,
    cwd: '/',
    stdin: 'ignore',
    stderr: 'ignore',
  });
  return exitCode === 0 ? parseMemory(stdout) : new Map();
}

/** Lines such as `0, GPU-…, 24564`, in MiB. */
export function parseMemory(text: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [index = '', uuid = '', mebibytes = ''] = line.split(',').map((part) => part.trim());
    if (!/^\d+$/.test(mebibytes)) continue;
    for (const name of [index, uuid]) sizes.set(name, Number(mebibytes) * 1024 ** 2);
  }
  return sizes;
}
