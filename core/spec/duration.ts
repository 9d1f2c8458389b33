// Durations as Go programs and systemd units write them: one or more numbers, each with its unit, largest unit first or not.
// parse-duration was tried: it takes any text ("20 bananas" is 20), and a spec must not be guessed at.

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** What `parseDuration` accepts, as a regular expression for schemas. */
export const DURATION_PATTERN = '^(?:\\d{1,9}(?:\\.\\d{1,3})?(?:ms|s|m|h))+$';

const WHOLE = new RegExp(DURATION_PATTERN);
const PART = /([\d.]+)(ms|s|m|h)/g;

/** Milliseconds of `90s`, `20m`, `1h30m`, `1.5h`; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  return Math.round(total);
}
