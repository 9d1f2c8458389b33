/** The name in a requirement, as PyPI compares names (PEP 503): lowercase, with runs of -, _ and . as one hyphen. */
export function requirementName(requirement: string): string {
  const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(requirement)?.[1] ?? '';
  return normaliseName(name);
}

export function normaliseName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
