/** A text and where its signature is. */
export interface SignedText {
  readonly url: string;
  /** Of a detached signature. */
  readonly signatureUrl?: string;
  /** The text is signed in itself (`-----BEGIN PGP SIGNED MESSAGE-----`). */
  readonly inline?: boolean;
}
