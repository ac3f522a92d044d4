// What the broker may log: a closed list of messages, and a closed list of fields.

export type LogMessage =
  | 'request handled'
  | 'request failed'
  | 'background work failed'
  | 'token refused'
  | 'login refused'
  | 'back end unavailable'
  | 'outcome not recorded'
  | 'call state not recorded'
  | 'call ended by the reconciler'
  | 'reconciler pass'
  | 'config loaded'
  | 'config refused'
  | 'secrets file faulty'
  | 'data directory gone'
  | 'signing keys rotated'
  | 'masking key rotated'
  | 'revocation waits'
  | 'audit finding'
  | 'event not archived'
  | 'audit digest signed'
  | 'audit gap filled';

export interface LogFields {
  readonly requestId?: string;
  readonly method?: string;
  /** The route's template, never the path itself. */
  readonly route?: string;
  readonly status?: number;
  readonly code?: string;
  readonly milliseconds?: number;
  readonly agent?: string;
  readonly task?: string;
  readonly call?: string;
  readonly target?: string;
  readonly issuer?: string;
  readonly reason?: string;
  readonly backend?: string;
  readonly configDigest?: string;
  readonly count?: number;
  /** An error's name and the place it was thrown, never its message. */
  readonly error?: string;
}

export interface Log {
  info(message: LogMessage, fields: LogFields): void;
  warn(message: LogMessage, fields: LogFields): void;
  error(message: LogMessage, fields: LogFields): void;
}
