import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

/** Between the caller's streams and the process's pipes: byte for byte, at the pace of the slower side. */

/**
 * Everything that the process writes goes to `target`, which stays open. A target that goes away closes the pipe, so
 * that the process gets SIGPIPE. Resolves when the pipe is closed and the target has taken all of it.
 */
export function relayOutput(
  source: Socket,
  target: Writable | 'ignore',
  observe?: (chunk: Buffer) => void,
): Promise<void> {
  // Before the listener that delivers, which therefore comes second.
  if (observe !== undefined) source.on('data', observe);
  if (target === 'ignore') {
    source.resume();
    return new Promise((resolve) => source.once('close', () => resolve()));
  }
  return new Promise((resolve) => {
    let unwritten = 0;
    let closed = false;
    let gone = false;
    const settle = (): void => {
      if (!closed || (unwritten > 0 && !gone)) return;
      target.off('drain', resume).off('close', abandon);
      // An error that was reported to a write is emitted after it: the listener stays where there was one.
      if (!gone) target.off('error', abandon);
      resolve();
    };
    const resume = (): void => {
      source.resume();
    };
    const abandon = (): void => {
      gone = true;
      source.destroy();
      settle();
    };
    source.once('close', () => {
      closed = true;
      settle();
    });
    target.on('drain', resume).on('close', abandon).on('error', abandon);
    if (target.destroyed || target.writableEnded) {
      abandon();
      return;
    }
    source.on('data', (chunk: Buffer) => {
      unwritten += 1;
      const more = target.write(chunk, (error) => {
        unwritten -= 1;
        if (error) abandon();
        else settle();
      });
      if (!more) source.pause();
    });
  });
}

/**
 * The caller's input goes to the process; its end closes the process's input. When the process takes no more, and when
 * the returned function is called, `source` is let go, neither read on nor destroyed: it is the caller's.
 */
export function relayInput(source: Readable | 'ignore', target: Socket): () => void {
  if (source === 'ignore' || source.destroyed || source.readableEnded) {
    target.end();
    return () => target.destroy();
  }
  const forward = (chunk: Buffer | string): void => {
    if (!target.write(chunk)) source.pause();
  };
  const resume = (): void => {
    source.resume();
  };
  const finish = (): void => {
    target.end();
  };
  const release = (): void => {
    source.off('data', forward).off('end', finish).off('close', finish).off('error', finish);
    target.off('drain', resume);
    source.pause();
    target.destroy();
  };
  source.on('data', forward).on('end', finish).on('close', finish).on('error', finish);
  target.on('drain', resume).once('error', release);
  return release;
}

/** Until they are relayed, failures of the caller's streams are only noted: they are found destroyed then. */
export function holdStreams(streams: readonly (Readable | Writable | 'ignore')[]): () => void {
  const note = (): void => {};
  const held = streams.filter((stream) => stream !== 'ignore');
  for (const stream of held) stream.on('error', note);
  return () => {
    for (const stream of held) stream.off('error', note);
  };
}
