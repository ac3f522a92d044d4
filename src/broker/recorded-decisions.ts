// What a recorded event says was decided: of what, and how. Read with care, since it may be of another version.
import * as z from 'zod/mini';
import type { DecisionInput } from '../policy/index.ts';
import type { JsonObject } from '../shared/json.ts';

/** A decision, as far as it can be compared: a refusal by the operator's files is one too. */
export interface Verdict {
  readonly outcome: 'allowed' | 'denied' | 'needsApproval';
  readonly code?: string;
  readonly approvals?: { readonly count: number; readonly of: Readonly<Record<string, number>> };
  readonly policies: readonly string[];
}

export interface RecordedDecisions {
  readonly what: 'call' | 'opening';
  readonly at: string;
  /** The event's id. */
  readonly event: string;
  readonly agent: string;
  /** An opening that was refused has none. */
  readonly task?: string;
  readonly call?: string;
  readonly input: DecisionInput;
  /** A call's operations are decided together, each capability of an opening by itself. */
  readonly decided: readonly { readonly input: DecisionInput; readonly was: Verdict }[];
  /** No task was opened: the files may have refused all of it, whatever they say of each capability. */
  readonly refusedWhole: boolean;
}

/** Why an event that tells of a decision can't be decided again. */
export type Unusable =
  /** As brokers recorded it before they recorded what decisions follow from. */
  'withoutInput' | 'unreadable';

/** Longer than any name or id. */
const MOST_CHARACTERS = 256;

function makeSchemas() {
  const text = z.string();
  const name = text.check(z.maxLength(MOST_CHARACTERS));
  const moment = text.check(z.refine((at) => /^\d{4}-/.test(at) && !Number.isNaN(Date.parse(at))));
  const texts = z.array(text);
  const verdict = z.object({
    outcome: z.enum(['allowed', 'denied', 'needsApproval']),
    code: z.exactOptional(name),
    approvals: z.exactOptional(z.object({ count: z.int(), of: z.record(name, z.int()) })),
    policies: texts,
  });
  const operation = z.object({
    capability: name,
    parameters: z.record(text, text),
    http: z.exactOptional(z.object({ method: text, route: text })),
    sql: z.exactOptional(z.object({ statements: texts, reads: texts, writes: texts, functions: texts })),
    command: z.exactOptional(z.object({ argv: texts })),
    kubernetes: z.exactOptional(z.object({ namespace: text, pod: text, container: z.exactOptional(text) })),
    maxRows: z.exactOptional(z.int()),
    export: z.exactOptional(z.literal(true)),
  });
  const task = z.object({
    agent: name,
    purpose: text,
    requester: z.exactOptional(z.object({ id: text, proven: z.boolean() })),
    openedAt: moment,
    chainDepth: z.int(),
  });
  const input = z.object({
    at: moment,
    address: text,
    chain: z.array(task).check(z.minLength(1)),
    operations: z.array(operation).check(z.minLength(1)),
    approvals: z.exactOptional(z.object({ count: z.int(), of: z.record(name, z.int()) })),
  });
  const any = { id: name, at: moment, agent: name, input };
  return {
    opened: z.object({
      ...any,
      task: name,
      capabilities: z.array(z.object({ capability: name, decision: verdict })),
    }),
    refused: z.object({ ...any, code: name, decisions: z.exactOptional(z.array(verdict)) }),
    call: z.object({
      ...any,
      task: name,
      call: name,
      decision: z.exactOptional(verdict),
      refusal: z.exactOptional(z.object({ code: name })),
    }),
  };
}

/** Made at first use: functions that decide nothing again never pay for it. */
let made: ReturnType<typeof makeSchemas> | undefined;

function schemas() {
  made ??= makeSchemas();
  return made;
}

/** The one code by which the operator's files refuse before policy is asked. */
const BY_FILES = 'outside_ceiling';

/** A "no" of the operator's files, which policy was not asked about. */
function refusedBy(code: string): Verdict {
  return { outcome: 'denied', code, policies: [] };
}

type Read = RecordedDecisions | Unusable;

/** Each operation as if it were the only one. */
function oneByOne(input: DecisionInput, wasOf: (place: number) => Verdict): RecordedDecisions['decided'] {
  return input.operations.map((operation, place) => ({
    input: { ...input, operations: [operation] },
    was: wasOf(place),
  }));
}

function readOpened(event: JsonObject): Read {
  const { data } = z.safeParse(schemas().opened, event);
  if (data === undefined) return 'unreadable';
  const { id, at, agent, task, input, capabilities } = data;
  const { operations } = input;
  const pairs = capabilities.filter(({ capability }, place) => capability === operations[place]?.capability);
  if (pairs.length !== operations.length || agent !== input.chain[0]?.agent) return 'unreadable';
  const decided = oneByOne(input, (place) => pairs[place]?.decision ?? refusedBy(BY_FILES));
  return { what: 'opening', event: id, at, agent, task, input, decided, refusedWhole: false };
}

function readRefused(event: JsonObject): Read {
  const { data } = z.safeParse(schemas().refused, event);
  if (data === undefined || data.agent !== data.input.chain[0]?.agent) return 'unreadable';
  const { id, at, agent, input, code, decisions = [] } = data;
  const decided = oneByOne(input, (place) => decisions[place] ?? refusedBy(code));
  return { what: 'opening', event: id, at, agent, input, decided, refusedWhole: true };
}

function readCall(event: JsonObject): Read {
  const { data } = z.safeParse(schemas().call, event);
  if (data === undefined || data.agent !== data.input.chain[0]?.agent) return 'unreadable';
  const { id, at, agent, task, call, input, decision, refusal } = data;
  const was = decision ?? refusedBy(refusal?.code ?? BY_FILES);
  const decided = [{ input, was }];
  return { what: 'call', event: id, at, agent, task, call, input, decided, refusedWhole: false };
}

const READERS: Readonly<Record<string, (event: JsonObject) => Read>> = {
  'task.opened': readOpened,
  'task.refused': readRefused,
  // What was approved is decided again when it is carried out: its outcome says how, as `call.executing` does before.
  'call.awaiting': readCall,
  'credentials.issued': readCall,
  'call.succeeded': readCall,
  'call.unknown': readCall,
  'call.denied': readCall,
  'call.failed': readCall,
};

function codeIn(value: JsonObject[string]): unknown {
  return typeof value === 'object' && value !== null && 'code' in value ? value['code'] : undefined;
}

/** Whether the operator's files were asked at all. Much is refused before: a task that is over, or does not cover it. */
function tellsOfDecision(event: JsonObject): boolean {
  return (
    event['type'] === 'task.opened' ||
    event['decision'] !== undefined ||
    event['code'] === BY_FILES ||
    codeIn(event['refusal']) === BY_FILES
  );
}

/** Undefined where nothing was decided by the operator's files. */
export function readDecisions(event: JsonObject): RecordedDecisions | Unusable | undefined {
  const type = event['type'];
  const read = typeof type === 'string' && Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (read === undefined || !tellsOfDecision(event)) return undefined;
  if (event['input'] !== undefined) return read(event);
  // How people ended it: what was decided stands where they were asked.
  return event['approval'] === undefined ? 'withoutInput' : undefined;
}
