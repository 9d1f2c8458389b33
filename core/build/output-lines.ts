import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The longest line that is passed on whole; a program that never ends its line must not grow our memory. */
const MAX_LINE = 16_384;

/** Cuts a byte stream into lines; a carriage return (a progress bar) ends one too. */
export class OutputLines extends Writable {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(private readonly onLine: (line: string) => void) {
    super();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const parts = (this.#rest + this.#decoder.write(chunk)).split(/\r\n|\n|\r/);
    this.#rest = parts.pop() ?? '';
    for (const line of parts) if (line.length > 0) this.onLine(line.slice(0, MAX_LINE));
    if (this.#rest.length > MAX_LINE) {
      this.onLine(this.#rest.slice(0, MAX_LINE));
      this.#rest = '';
    }
    done();
  }

  override _final(done: () => void): void {
    const last = this.#rest + this.#decoder.end();
    if (last.length > 0) this.onLine(last);
    done();
  }
}
