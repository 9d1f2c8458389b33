/** The URL without user and password; other text as it is. */
export function withoutCredentials(url: string): string {
  return url.replace(/^((?:[a-z][a-z0-9+.-]*):\/\/)[^/@\s]*@/i, '$1');
}

/** What of a URL must not be shown, both as written and decoded: the password, or a token that stands in the user's place. */
export function secretsOfUrl(url: string): readonly string[] {
  const userInfo = /^[a-z][a-z0-9+.-]*:\/\/([^/@\s]*)@/i.exec(url)?.[1];
  if (!userInfo) return [];
  const colon = userInfo.indexOf(':');
  const secret = colon < 0 ? userInfo : userInfo.slice(colon + 1);
  return [secret, decode(secret)].filter((item) => item !== '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
