// Signs the audit's digests: ECDSA over P-256 with SHA-256.

export interface SigningKey {
  /** SHA-256 of the public key's DER, in hex. */
  readonly id: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** Every method throws `Unavailable('signer')` when the back end does not answer in time. */
export interface Signer {
  /** The keys there are, the oldest first; at least one. A new one is added at the end, and none is ever taken away. */
  keys(): Promise<readonly SigningKey[]>;
  /** A DER signature over these bytes, by the key with that id. */
  sign(keyId: string, message: Uint8Array): Promise<Uint8Array>;
}
