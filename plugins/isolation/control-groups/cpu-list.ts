/** Lists of cores as the kernel writes them: `0-3,8`. */

export function parseCpuList(text: string): Set<number> {
  const cores = new Set<number>();
  for (const part of text.trim().split(',').filter(Boolean)) {
    const [first = 0, last = first] = part.split('-').map(Number);
    for (let core = first; core <= last; core++) cores.add(core);
  }
  return cores;
}

export function formatCpuList(cores: Iterable<number>): string {
  return [...cores].join(',');
}
