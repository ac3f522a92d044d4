// Verifying an archive, for whoever has one and a key.
export { FAULT_KINDS, type Fault, type FaultKind, MOST_LISTED, type Note } from './faults.ts';
export { keyIdsOfPem } from './keys.ts';
export { type Proof, type Proven, proveEvent } from './proof.ts';
export { type Verified, type VerifySettings, verifyArchive, type Watch } from './verify.ts';
