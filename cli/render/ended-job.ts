import { isUtf8 } from 'node:buffer';
import { Writable } from 'node:stream';
import type { ProcessExit } from '../../core/contracts/isolator.js';
import type { RunningJob } from '../../core/jobs/job-spec.js';

/** Of each stream, as much goes into a document. All of it is in the job's log. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A stream that keeps its beginning. */
class Beginning extends Writable {
  readonly #chunks: Buffer[] = [];
  #room = MAX_BYTES;
  truncated = false;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const kept = chunk.subarray(0, this.#room);
    this.truncated ||= kept.length < chunk.length;
    this.#room -= kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

export interface CollectedOutput {
  readonly stdout: Beginning;
  readonly stderr: Beginning;
}

export function collectOutput(): CollectedOutput {
  return { stdout: new Beginning(), stderr: new Beginning() };
}

/** A job that was waited for, with what it wrote: text, or base64 for what is no UTF-8. */
export function endedJobDocument(job: RunningJob, exit: ProcessExit, output: CollectedOutput): Record<string, unknown> {
  return {
    job_uuid: job.id,
    exit_code: exit.status,
    reason: exit.reason,
    duration_ms: Math.round(exit.durationMs),
    ...usageFields(exit),
    ...outputFields('stdout', output.stdout),
    ...outputFields('stderr', output.stderr),
  };
}

function usageFields({ usage }: ProcessExit): Record<string, unknown> {
  return {
    cpu_ms: usage.cpuMs,
    peak_memory_bytes: usage.peakMemoryBytes,
    io_read_bytes: usage.ioReadBytes,
    io_write_bytes: usage.ioWriteBytes,
  };
}

function outputFields(name: 'stdout' | 'stderr', stream: Beginning): Record<string, unknown> {
  const { bytes, truncated } = stream;
  const content = isUtf8(bytes) ? { [name]: bytes.toString('utf8') } : { [`${name}_base64`]: bytes.toString('base64') };
  return truncated ? { ...content, [`${name}_truncated`]: true } : content;
}
