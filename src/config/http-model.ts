// What the operator's files say of a target that speaks HTTP: how it is reached, proven to, and asked.

/** Text with `${secret.field}` in it, each of which stands for a field of the target's secret. */
export type SecretTemplate = string;

/** How a target's credential is put into a request. */
export type Injection =
  | { readonly header: string; readonly value: SecretTemplate }
  | { readonly query: string; readonly value: SecretTemplate }
  | { readonly basic: { readonly username: SecretTemplate; readonly password: SecretTemplate } }
  | { readonly bearer: SecretTemplate }
  | { readonly oauth2: OAuth2Injection }
  | { readonly sigv4: SigV4Injection };

/** The client credentials grant (RFC 6749, 4.4): the token is fetched, kept while it is good, and sent as a bearer token. */
export interface OAuth2Injection {
  readonly tokenUrl: string;
  readonly clientId: SecretTemplate;
  readonly clientSecret: SecretTemplate;
  readonly scope?: string;
  readonly audience?: string;
  /** How the client proves itself; `basic` where left out. */
  readonly authentication: 'basic' | 'post';
  /** As the connection's, for the token's own host. */
  readonly private: readonly string[];
}

/** Signed with the session that the task has at an AWS target: what it may do there is what it may do here. */
export interface SigV4Injection {
  readonly service: string;
  readonly region: string;
  /** The AWS target whose capabilities, as the task holds them, make the session. */
  readonly target: string;
}

/** What a value in a query or a body must be. A value that stands in a list must be one of it. */
export type ValueRule =
  | { readonly is: readonly (string | number | boolean | null)[] }
  | { readonly pattern: string }
  /** The value of this parameter of the task. */
  | { readonly parameter: string }
  | { readonly atMost: number; readonly atLeast?: number };

export interface FieldRule {
  readonly rule: ValueRule;
  /** Whether it must be there. */
  readonly required: boolean;
}

export interface HttpRoute {
  /** `GET /tickets/{id}`. A parameter that the capability declares must be the task's own. */
  readonly route: string;
  /** By name. Where left out, any query may be sent, but none beside a ruled body; else only these, each once. */
  readonly query?: Readonly<Record<string, FieldRule>>;
  /**
   * By the place in a JSON object: `visibility`, `assignee.team`, `labels[]`. Where left out, any body may be sent; else
   * only JSON in which these are as they must be, and other fields only where `otherFields` says so.
   */
  readonly body?: Readonly<Record<string, FieldRule>>;
  readonly otherFields: boolean;
}

export interface HttpConnection {
  /** Without a slash at its end; of the built-in demo target it is `demo`, which exists only embedded. */
  readonly baseUrl: string;
  /** Ranges of private addresses that it may be at, beside public ones. */
  readonly private: readonly string[];
  /** Who is trusted to have signed its certificate, in PEM. */
  readonly ca?: string;
  /** Shown by TLS: the fields of the target's secret that hold it, in PEM. */
  readonly clientCertificate?: { readonly certificate: SecretTemplate; readonly key: SecretTemplate };
  /** For a whole call; 25 where left out. */
  readonly timeoutSeconds: number;
}
