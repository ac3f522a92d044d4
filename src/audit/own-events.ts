// Events about the audit itself, and about people whom policy does not let.
import type { OperatorQuestion, Permission } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';

/** What looks wrong with what is kept: somebody changed it, or it can't be as it is. */
export type FindingKind =
  | 'event_overwritten'
  | 'event_removed'
  | 'event_differs'
  | 'archive_changed'
  | 'digest_taken';

export interface AccessRefused {
  /** A person, proven by a token, asked for what policy does not let them. Told once in a minute of the same. */
  readonly type: 'access.refused';
  readonly by: string;
  readonly groups: readonly string[];
  readonly wanted: OperatorQuestion['action'];
  readonly resource: OperatorQuestion['resource'];
  /** The agent, or the task, that they wanted it of. */
  readonly agent?: string;
  readonly task?: string;
  readonly code: Code;
  readonly detail: string;
  readonly decision: Permission['decision'];
  readonly input: Permission['input'];
}

export interface AuditExported {
  /** Events were handed to a person: a page of them, from one event to another. */
  readonly type: 'audit.exported';
  readonly by: string;
  readonly groups: readonly string[];
  readonly events: number;
  readonly firstEvent: string;
  readonly lastEvent: string;
  /** Of a span of time, or of one task. */
  readonly span?: { readonly from: string; readonly until: string };
  readonly task?: string;
  /** Whose task it is. */
  readonly agent?: string;
  readonly onlyType?: string;
  readonly decision: Permission['decision'];
  readonly input: Permission['input'];
}

export interface AuditDigested {
  readonly type: 'audit.digested';
  readonly sequence: number;
  readonly from: string;
  readonly until: string;
  readonly objects: number;
  readonly events: number;
  /** Those that were in the table and not in the archive, until then. */
  readonly filled: number;
  readonly strays: number;
  readonly root: string;
  /** Of the digest's file. */
  readonly sha256: string;
  readonly keyId: string;
}

export interface AuditFinding {
  readonly type: 'audit.finding';
  readonly finding: FindingKind;
  readonly title: string;
  readonly detail: string;
  /** The event that it is about, or the archived object. */
  readonly event?: { readonly stream: string; readonly id: string };
  readonly key?: string;
}

export type OwnEvent = AccessRefused | AuditExported | AuditDigested | AuditFinding;
