import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** Looks where a secret must not be, while something runs and after it. */
export interface SecretWatch {
  /** Looks at the process list once more; it is looked at all the time anyway. */
  look(): void;
  /** How many looks were taken. */
  looks(): number;
  /** Command lines that held the secret, and files below `dir`, made or changed since the watch began, that hold it. */
  end(dir: string): Promise<readonly string[]>;
}

const INTERVAL_MS = 15;

export function watchForSecret(secret: string): SecretWatch {
  const stampDir = mkdtempSync(path.join(tmpdir(), 'stamp-'));
  const stamp = path.join(stampDir, 'stamp');
  writeFileSync(stamp, '');
  const seen = new Set<string>();
  let looks = 0;
  const look = () => {
    looks += 1;
    for (const line of commandLines()) if (line.includes(secret)) seen.add(line);
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    look,
    looks: () => looks,
    end: async (dir) => {
      clearInterval(timer);
      const changed = await execa('find', [dir, '-type', 'f', '-cnewer', stamp], { reject: false });
      rmSync(stampDir, { recursive: true });
      return [...seen, ...filesWith(secret, changed.stdout.split('\n'))];
    },
  };
}

/** Of `files`, those whose bytes hold the text. */
function filesWith(text: string, files: readonly string[]): readonly string[] {
  return files.filter((file) => {
    try {
      return readFileSync(file).includes(text);
    } catch {
      return false;
    }
  });
}

function commandLines(): readonly string[] {
  return readdirSync('/proc').flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      return [readFileSync(`/proc/${id}/cmdline`, 'utf8')];
    } catch {
      return [];
    }
  });
}
