/** A function that replaces each secret, and its URL-encoded form, by ***. */
export function secretMasker(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((s) => s.length > 0).flatMap((s) => [s, encodeURIComponent(s)]))];
  // The longest first: one secret may be part of another.
  forms.sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
