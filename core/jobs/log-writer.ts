import { closeSync, openSync, renameSync, writeSync } from 'node:fs';

/*
 * A job's log is in the format that Kubernetes' runtimes, podman and conmon write (k8s-file): each line of output is
 * `TIME stdout|stderr F TEXT`; `P` instead of `F` where the output had no line break there. So every byte and its
 * stream can be read back.
 */

/** What a log file's lines begin with, of output that came at one time. */
function prefix(output: 'stdout' | 'stderr', tag: 'F' | 'P', at: Date): string {
  return `${at.toISOString().slice(0, -1)}000000+00:00 ${output} ${tag} `;
}

/** Writes the log of a job that runs under this process. */
export class LogWriter {
  private fd: number;
  private size = 0;
  private failed = false;

  constructor(
    private readonly file: string,
    /** A file that reaches it is begun anew. */
    private readonly limitBytes: number,
    private readonly now: () => Date,
  ) {
    this.fd = openSync(file, 'w', 0o600);
  }

  /** Never throws: a full disk ends the log, not the job. Synchronous, so that what was delivered is in the log. */
  append(output: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.failed) return;
    try {
      this.write(Buffer.from(entries(output, chunk, this.now()), 'latin1'));
    } catch {
      this.failed = true;
    }
  }

  close(): void {
    closeSync(this.fd);
  }

  private write(bytes: Buffer): void {
    if (this.size > 0 && this.size + bytes.length > this.limitBytes) this.beginAnew();
    for (let at = 0; at < bytes.length; at += writeSync(this.fd, bytes, at));
    this.size += bytes.length;
  }

  /** By rename: whoever reads the old file reads it to its end. */
  private beginAnew(): void {
    const fd = openSync(`${this.file}.new`, 'w', 0o600);
    renameSync(`${this.file}.new`, this.file);
    closeSync(this.fd);
    this.fd = fd;
    this.size = 0;
  }
}

/** Bytes as latin1 text, so that nothing of them is lost or checked. */
function entries(output: 'stdout' | 'stderr', chunk: Buffer, at: Date): string {
  const text = chunk.toString('latin1');
  const full = prefix(output, 'F', at);
  const end = text.lastIndexOf('\n');
  const lines = end === -1 ? '' : `${full}${text.slice(0, end).replaceAll('\n', `\n${full}`)}\n`;
  const rest = text.slice(end + 1);
  return rest === '' ? lines : `${lines}${prefix(output, 'P', at)}${rest}\n`;
}
