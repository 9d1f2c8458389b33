import { Writable } from 'node:stream';
import { startJob } from '../../../core/jobs/job-runner.js';
import type { InstalledRuntime } from '../../../core/store/installed-runtime.js';
import type { Bench } from './bench.js';
import { NotChecked } from './not-checked.js';

export type Inventory =
  /** `NAME VERSION` of each package, as the language itself finds them. */
  { readonly kind: 'read'; readonly lines: readonly string[] } | { readonly kind: 'failed'; readonly problem: string };

/** Runs the case's witness as a job of a runtime. */
export async function readInventory(bench: Bench, runtime: InstalledRuntime): Promise<Inventory> {
  const { inventory } = bench.given;
  if (inventory === undefined) {
    throw new NotChecked('the case gives no `inventory`: a command that says what is in the runtime');
  }
  const stdout = new Collected();
  const stderr = new Collected();
  const { status } = await startJob(runtime, { args: inventory, stdout, stderr }, bench.isolator).exit;
  if (status !== 0) {
    return { kind: 'failed', problem: `the inventory ends with status ${status}: ${stderr.text}${stdout.text}` };
  }
  const lines = stdout.text.split(/\r?\n/).map((text) => text.trim().replace(/\s+/g, ' '));
  return { kind: 'read', lines: lines.filter((text) => text !== '') };
}

class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
