// Amounts as people type them on a command line: `512`, `512M`, `2G`, `1.5GiB`. Units are powers of 1024.

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
const AMOUNT = /^(\d{1,15}(?:\.\d{1,3})?) ?(?:([KMGT])(?:i?B)?|(B))?$/i;

/** Bytes; a number without a unit counts in `bare`. Undefined when the text is no amount. */
export function parseAmount(text: string, bare: 'B' | 'M'): number | undefined {
  const match = AMOUNT.exec(text.trim());
  if (match === null) return undefined;
  const unit = UNIT_BYTES[(match[2] ?? match[3] ?? bare).toUpperCase()];
  const bytes = Math.round(Number(match[1]) * (unit ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `512 MB`, `1.5 GB`, `1000 bytes`: whole where it is whole. */
export function formatAmount(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K']) {
    const value = bytes / (UNIT_BYTES[unit] ?? 1);
    if (value >= 1 && Number.isInteger(value * 10)) return `${value} ${unit}B`;
  }
  return `${bytes} bytes`;
}

/** The numbers of `0-3` or `1,3,5-7`, ascending, each once. Undefined when the text is no such list. */
export function parseCores(text: string): readonly number[] | undefined {
  const cores = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^ *(\d{1,5})(?:-(\d{1,5}))? *$/.exec(part);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return undefined;
    for (let core = first; core <= last; core++) cores.add(core);
  }
  return [...cores].sort((a, b) => a - b);
}
