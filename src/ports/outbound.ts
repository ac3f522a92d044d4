// Sends one HTTP request to a target, to an address that was checked, and brings back the whole answer or why there is none.
import type { Secret } from '../shared/secret.ts';
import type { Session } from './session-issuer.ts';

/** Where a target is, and how it is reached. One object for as long as the config is the same: connections are kept by it. */
export interface Origin {
  /** The target's id: what a circuit breaker counts by. */
  readonly target: string;
  /** `https://tickets.internal:8443`: scheme, host and port alone. */
  readonly origin: string;
  /** Ranges of private addresses that it may be at. */
  readonly private: readonly string[];
  /** Who is trusted to have signed its certificate, in PEM; Node's own list where left out. */
  readonly ca?: string;
  /** Those are trusted beside Node's own list, and not in its place. */
  readonly caBeside?: true;
}

/** Shown to the target by TLS, in PEM. */
export interface ClientCertificate {
  readonly certificate: Secret;
  readonly key: Secret;
}

/** Name and value, in order. A secret is opened only where it is written to the connection. */
export type OutboundHeader = readonly [name: string, value: string | Secret];

/** Signed with AWS's Signature Version 4, after all else is in its place. */
export interface AwsSignature {
  readonly service: string;
  readonly region: string;
  readonly session: Session;
  readonly at: Date;
}

export interface OutboundRequest {
  readonly to: Origin;
  readonly clientCertificate?: ClientCertificate;
  readonly method: string;
  /** Encoded, without a query: `/api/tickets/42`. */
  readonly path: string;
  /** Encoded here, in this order. */
  readonly query: readonly (readonly [name: string, value: string | Secret])[];
  /** None that is of the connection alone: `host`, `content-length`, `connection` and their like are written here. */
  readonly headers: readonly OutboundHeader[];
  readonly body: Uint8Array | undefined;
  readonly sign?: AwsSignature;
  /** For everything, from the name's resolution to the last byte. Then the request is cancelled. */
  readonly timeoutMilliseconds: number;
  /** The largest body that is taken, as it is once it is unpacked. */
  readonly mostBytes: number;
  /** Of a stream of events: how long it is listened to, and how much of it is taken. It is cut there, and is no failure. */
  readonly events: { readonly milliseconds: number; readonly bytes: number };
  /** May it be sent again where a connection broke before any of its answer came? Only what changes nothing twice. */
  readonly mayRepeat: boolean;
}

export interface OutboundAnswer {
  readonly status: number;
  /** As they came, in order and in their own case; a name may stand there several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Unpacked: of the target's content encodings none is left. Empty for what has no body. */
  readonly body: Uint8Array;
  /** A stream of events that was cut, and by what. */
  readonly cut?: 'bytes' | 'time';
}

export interface NoAnswer {
  /**
   * `unavailable`: nothing of the request was sent. `timeout`: time was up. `too_large`: the answer has more than
   * `mostBytes`. `failed`: the connection broke, or the answer is no HTTP that can be trusted.
   */
  readonly problem: 'unavailable' | 'timeout' | 'too_large' | 'failed';
  /** Whether the target may have seen the request, and so may have done what it says. */
  readonly sent: boolean;
  /** The answer's status, where it had come that far. */
  readonly status?: number;
  /** That had come, and its end had not: time was up, the connection broke, or what came next was no HTTP. */
  readonly cutShort?: true;
  /** A sentence of the broker's own: nothing of what the target sent stands in it, and no address. */
  readonly detail: string;
  /** When to try again, where that is known. */
  readonly retryAfterSeconds?: number;
}

/** Never throws for what a target does. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundAnswer | NoAnswer>;
}
