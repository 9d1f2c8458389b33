// Lengths are bounded, or a line of a million "http://a:" would be searched a million times over.
// `scheme://user:password@host`, `scheme://token@host`, also where the password holds a slash that should have been escaped.
const CREDENTIALS =
  /([a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^\s/'"]{1,2048}|[^\s/:'"]{0,2048}:(?!\d+\/)[^\s'"]{0,2048})(?=@)/gi;

/** Masks credentials in the URLs of a text. */
export function redactCredentials(text: string): string {
  return text.includes('@') ? text.replace(CREDENTIALS, '$1***') : text;
}

// A password with a slash in it: no URL, but a secret all the same. A port is digits.
const SPLIT_PASSWORD = /:\/\/[^\s/@]*:[^\s\d@][^\s@]*@/;

/** Whether a URL names a user with a password, or any user of http: a token. The user of ssh (`git@`) is no secret. */
export function hasCredentials(url: string): boolean {
  const [, scheme, user] = /([a-z][a-z0-9+.-]*):\/\/([^\s/?#]*)@/i.exec(url) ?? [];
  if (scheme === undefined || user === undefined) return SPLIT_PASSWORD.test(url);
  return user.includes(':') || /https?$/i.test(scheme);
}
