// `scheme://user:password@host` and `scheme://token@host`. A user of ssh ("git@") is no secret, but masking it costs nothing.
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+(?=@)/gi;

/** Masks credentials in the URLs of a text. */
export function redactCredentials(text: string): string {
  return text.replace(CREDENTIALS, '$1***');
}
