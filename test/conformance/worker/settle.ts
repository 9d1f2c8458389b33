/** Far above what stopping takes on any machine: it only ends the wait for what never stops. */
const PATIENCE_MS = 2 * 60_000;

export type Settled<T> =
  | { readonly kind: 'finished'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'hung' };

/** How something ends that has been cancelled, or will be at once. */
export async function settle<T>(work: Promise<T>): Promise<Settled<T>> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<Settled<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'hung' }), PATIENCE_MS);
  });
  const ended = work.then(
    (value): Settled<T> => ({ kind: 'finished', value }),
    (error: unknown): Settled<T> => ({ kind: 'failed', error }),
  );
  try {
    return await Promise.race([ended, hung]);
  } finally {
    clearTimeout(timer);
  }
}
