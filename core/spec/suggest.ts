import { closest, distance } from 'fastest-levenshtein';

/** The candidate that a misspelt word most likely means; undefined when none is near. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || word.length > 100) return undefined;
  const bare = normalise(word);
  const nearest = closest(bare, candidates.map(normalise));
  if (distance(bare, nearest) > (bare.length < 5 ? 1 : Math.max(2, Math.floor(bare.length / 4)))) return undefined;
  return candidates.find((candidate) => normalise(candidate) === nearest);
}

/** `schemaVersion`, `schema-version` and `schema_version` are one word. */
function normalise(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}
