import type { Readable } from 'node:stream';

/**
 * Resolves when a process has printed `text` on standard output, and leaves it running: to stop iterating over an execa process would
 * wait for its end. Rejects when the output ends without it.
 */
export function outputHas(process: { readonly stdout: Readable | null | undefined }, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    process.stdout?.on('data', (chunk) => {
      seen += String(chunk);
      if (seen.includes(text)) resolve();
    });
    process.stdout?.once('end', () => reject(new Error(`the output ended without "${text}":\n${seen}`)));
  });
}
