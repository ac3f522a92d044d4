// The operator's files once they are checked: plain data, the same embedded and packed into a function.
import type { JWK } from 'jose';
import type { MaskingSettings } from '../masking/index.ts';
import type { HttpConnection, HttpRoute, Injection } from './http-model.ts';

export type Effect = 'read' | 'write' | 'admin';
export const IMPACTS = ['export', 'public', 'grant', 'destroy'] as const;
export type Impact = (typeof IMPACTS)[number];
export type Sensitivity = 'public' | 'internal' | 'confidential' | 'restricted';

/** The built-in issuer of the embedded broker, and what it signs with. */
export const DEMO_ISSUER = 'demo';
export const DEMO_ALGORITHMS = ['ES256'] as const;

/**
 * What a claim must be: exactly that value; or, spelled out, a pattern that the whole value must match; or, where
 * the claim is an object, what its members must be.
 */
export type ClaimRule = string | number | boolean | ClaimPattern | { readonly [member: string]: ClaimRule };
export interface ClaimPattern {
  readonly match: string;
}
export type Claims = Readonly<Record<string, ClaimRule>>;

export interface IssuerSettings {
  /** The token's `iss`; `demo` is the built-in demo issuer, which exists only embedded. */
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly jwksUri?: string;
  readonly jwks?: { readonly keys: readonly JWK[] };
  /** The claim that holds the audience where it is not `aud`. */
  readonly audienceClaim?: string;
  /** What `typ` may be; `JWT`, or none at all, where left out. */
  readonly types?: readonly string[];
  /** What every token must say that proves an agent, whichever. */
  readonly claims?: Claims;
  /** Ranges of private addresses that its keys may be fetched from, beside public ones. */
  readonly private?: readonly string[];
  /** Whether a token proves an agent once only. */
  readonly singleUse?: boolean;
  /** Whether agents need a proof of possession (DPoP), which then binds the task token. */
  readonly requireProof?: boolean;
}

export interface Person {
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  readonly groups: readonly string[];
  readonly slack?: string;
}

export interface HumanSettings extends Omit<IssuerSettings, 'singleUse' | 'requireProof'> {
  readonly idClaim: string;
  readonly groupsClaim: string;
  /** Groups that only tokens carry. */
  readonly groups: readonly string[];
  /** What every token of a person must say. */
  readonly claims: Claims;
  readonly login?: { readonly clientId: string; readonly secret: string };
  readonly people: readonly Person[];
}

export interface ApprovalSettings {
  readonly expireAfterSeconds: number;
  readonly escalateAfterSeconds: number;
  readonly escalateTo: readonly string[];
  readonly requireLogin?: boolean;
}

export interface BrokerSettings {
  readonly publicUrl?: string;
  readonly timeZone: string;
  /** The four that always exist, and the operator's own. */
  readonly environments: readonly string[];
  readonly issuers: readonly IssuerSettings[];
  readonly humans?: HumanSettings;
  readonly approvals: ApprovalSettings;
  /** `onChange`: what an agent's ceiling gained waits until it is attested. */
  readonly attest?: 'onChange';
  /** As `requireProof` of an issuer, for the agents of every issuer. */
  readonly requireProof?: boolean;
  readonly notify?: {
    readonly email?: { readonly from: string };
    readonly slack?: { readonly secret: string; readonly channel: string };
  };
  /** For every target, and for what belongs to none. */
  readonly masking?: MaskingSettings;
}

export interface AgentDefinition {
  readonly id: string;
  /** SHA-256 of its file, in hex: what an attestation names. */
  readonly digest: string;
  readonly owner: {
    readonly team: string;
    readonly email: string;
    readonly people: readonly string[];
  };
  readonly purpose: string;
  readonly environment: string;
  readonly identities: readonly { readonly issuer: string; readonly claims: Claims }[];
  /** Its ceiling: `target:capability`. */
  readonly capabilities: readonly string[];
  readonly groups: readonly string[];
  readonly maxTaskSeconds: number;
  /** `YYYY-MM-DD`. From the day after on, the agent opens no new task. */
  readonly reviewBy?: string;
  /** The ranges of addresses it calls from; from anywhere where left out. */
  readonly from?: readonly string[];
  /** As `requireProof` of its issuer, for this agent alone. */
  readonly requireProof?: boolean;
}

/** One statement of a session policy, as the operator writes it. */
export interface PolicyStatement {
  readonly actions: readonly string[];
  /** May hold `${parameter}` of the capability. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/**
 * Where a session may be used from: any of these places. What AWS services do on the session's behalf counts as from
 * where it was asked for.
 */
export interface BoundTo {
  /** Addresses and ranges of them. */
  readonly sourceIps?: readonly string[];
  readonly vpcEndpoints?: readonly string[];
  /** The address that the credentials are asked for from. */
  readonly callerAddress?: boolean;
}

export interface AwsCapability {
  readonly effect: Effect;
  readonly impacts: readonly Impact[];
  readonly description?: string;
  /** How it is taken back. */
  readonly rollback?: string;
  readonly parameters: Readonly<Record<string, { readonly pattern: string }>>;
  readonly statements: readonly PolicyStatement[];
  /** At most that long a session. */
  readonly maxSessionSeconds?: number;
  /** In place of the target's. */
  readonly boundTo?: BoundTo;
}

export interface AwsConnection {
  readonly roleArn: string;
  readonly externalId?: string;
  /** The permissions boundary that the role must carry; one of the broker's own where left out. */
  readonly boundary?: string;
  /** The role in the account of `roleArn` through which its sessions are revoked, where that is another account. */
  readonly revokerRoleArn?: string;
}

interface AnyTarget {
  readonly id: string;
  readonly environment: string;
  readonly sensitivity: Sensitivity;
  readonly owner: { readonly team: string; readonly email: string; readonly group?: string };
  /** To be laid over the broker's. */
  readonly masking?: MaskingSettings;
  /** In place of the broker's, but for admin effects. */
  readonly requireLogin?: boolean;
}

export interface AwsTarget extends AnyTarget {
  readonly kind: 'aws';
  readonly connection: AwsConnection;
  readonly capabilities: Readonly<Record<string, AwsCapability>>;
  readonly boundTo?: BoundTo;
}

export interface HttpCapability {
  readonly effect: Effect;
  readonly impacts: readonly Impact[];
  readonly description?: string;
  /** How it is taken back. */
  readonly rollback?: string;
  readonly parameters: Readonly<Record<string, { readonly pattern: string }>>;
  readonly routes: readonly HttpRoute[];
  /** A read of more is refused, unless it is asked for as an export. */
  readonly exportAbove?: { readonly bytes: number };
}

export interface HttpTarget extends AnyTarget {
  readonly kind: 'http';
  readonly connection: HttpConnection;
  /** Its name in the store of secrets. */
  readonly secret?: string;
  readonly inject: readonly Injection[];
  /** `pass`: cookies go both ways. Else they are kept from the agent, and its own from the target. */
  readonly cookies: 'keep' | 'pass';
  readonly capabilities: Readonly<Record<string, HttpCapability>>;
}

/** What policy, tasks and people need to know of a capability, whatever its kind. */
export type Capability = Pick<
  AwsCapability,
  'effect' | 'impacts' | 'description' | 'rollback' | 'parameters'
> & {
  /** A read that asks for more is an export. */
  readonly exportAbove?: { readonly rows?: number; readonly bytes?: number };
  /** Of AWS only. */
  readonly statements?: readonly PolicyStatement[];
};

/** Kinds whose connectors are still to come: tasks may hold their capabilities, and nothing can use them yet. */
export const KINDS_TO_COME = ['postgres', 'mysql', 'ssh', 'kubernetes'] as const;

export interface TargetToCome extends AnyTarget {
  readonly kind: (typeof KINDS_TO_COME)[number];
  readonly capabilities: Readonly<Record<string, Capability>>;
}

export type TargetDefinition = AwsTarget | HttpTarget | TargetToCome;

/** The base URL of the built-in demo target: a small ticket system, of the embedded broker alone. */
export const DEMO_TARGET = 'demo';
/** The secret of that name is made at start where the demo target exists, and is nowhere written down. */
export const DEMO_SECRET = 'demo';

/** One `.cedar` file. */
export interface PolicyFile {
  /** Relative to the config directory, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

export interface Config {
  /** SHA-256 of the operator's files, in hex. */
  readonly digest: string;
  readonly broker: BrokerSettings;
  readonly agents: Readonly<Record<string, AgentDefinition>>;
  readonly targets: Readonly<Record<string, TargetDefinition>>;
  readonly policies: readonly PolicyFile[];
  /** Every group that anything names, sorted. */
  readonly groups: readonly string[];
}

/** Something wrong in the operator's files. */
export interface Fault {
  /** Relative to the config directory. */
  readonly file: string;
  readonly line: number;
  /** What is wrong and what would be right. */
  readonly problem: string;
}
