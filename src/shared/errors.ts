// What can go wrong: a refusal is a value with a code, a fault is an exception that callers learn nothing of.
import type { Code } from './codes.ts';

export interface FieldProblem {
  /** Where in the request, as in `capabilities[0].parameters.prefix`; empty for the whole. */
  readonly path: string;
  readonly problem: string;
}

export interface RefusalExtras {
  readonly errors?: readonly FieldProblem[];
  /** The decision behind a refusal by policy, as the contract prints it. */
  readonly decision?: object;
  /** The call that the refusal belongs to, where one was recorded. */
  readonly call?: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: readonly string[];
  /** What was masked, as the header `bailiwick-masked` says it. */
  readonly masked?: string;
  /** Whether the token may also come as a password, which some clients send only when they are asked for one. */
  readonly takesBasic?: true;
}

/** A "no" that the caller may act on. Returned, never thrown. */
export class Refusal {
  readonly code: Code;
  readonly detail: string;
  readonly extras: RefusalExtras;

  constructor(code: Code, detail: string, extras: RefusalExtras = {}) {
    this.code = code;
    this.detail = detail;
    this.extras = extras;
  }

  /** The same "no" in other words. */
  saying(detail: string, extras: RefusalExtras): Refusal {
    return new Refusal(this.code, detail, extras);
  }
}

/** Which back end did not answer. Adapters translate every failure of a client into this one fault. */
export type Backend =
  | 'records'
  | 'events'
  | 'objects'
  | 'secrets'
  | 'keys'
  | 'login'
  | 'sessions'
  | 'sealer'
  | 'archive'
  | 'signer'
  | 'findings'
  | 'workflow'
  | 'mail'
  | 'chat';

export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly backend: Backend;

  constructor(backend: Backend, cause?: unknown) {
    super(`the ${backend} back end did not answer`, { cause });
    this.backend = backend;
  }
}
