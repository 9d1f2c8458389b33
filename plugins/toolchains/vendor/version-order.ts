/** `21.0.13+9` -> [21, 0, 13, 9]. */
function numbersOf(version: string): readonly number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}

/** Whether a version is one of those asked for: the same whole components at its beginning. */
export function isOf(version: string, wanted: string): boolean {
  return version === wanted || (version.startsWith(wanted) && /^[.+]/.test(version.slice(wanted.length)));
}

/** For sorting: newest first. */
export function newestFirst(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (b[at] ?? 0) - (a[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The newest of those that are of a version. */
export function newestOf<T extends { readonly version: string }>(all: readonly T[], wanted: string): T | undefined {
  const fitting = all.filter(({ version }) => isOf(version, wanted));
  return fitting.sort((a, b) => newestFirst(a.version, b.version))[0];
}
