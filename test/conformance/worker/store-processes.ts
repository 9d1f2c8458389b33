import { readdirSync, readFileSync } from 'node:fs';

/** Processes, zombies aside, that name the store in their command line: number and command. */
export function storeProcesses(store: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return command.includes(store) ? [`${pid} ${command}`] : [];
      } catch {
        // Gone meanwhile.
        return [];
      }
    });
}
