// Memory sizes. A unit is a power of 1024, with or without the i, as docker, systemd and the kernel's cgroup files have it.
// The package bytes was tried: it reads "256 apples" as 256.

const UNIT_BYTES: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** What `parseSize` accepts, as a regular expression for schemas. */
export const SIZE_PATTERN = '^(\\d{1,9}(?:\\.\\d{1,3})?) ?([KMGT])i?B$';

const WHOLE = new RegExp(SIZE_PATTERN);

/** Bytes of `256MB`, `1.5GB`, `512MiB`; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = WHOLE.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (UNIT_BYTES[unit] ?? Number.NaN));
}
