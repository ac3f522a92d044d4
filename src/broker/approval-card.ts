// What people are shown of an operation before they decide: everything that the broker itself knows of it.
import { type Card, type CardInput, type CardOwner, cardOf } from '../approvals/index.ts';
import type { RecordedMessage } from '../audit/index.ts';
import type { Capability, Config, HttpTarget, Injection, TargetDefinition } from '../config/index.ts';
import type { Operation } from '../policy/index.ts';
import { sha256 } from '../shared/hash.ts';
import type { Attempt } from './attempt.ts';
import { maskedHeaders } from './masked-headers.ts';
import type { Masking } from './masking.ts';
import type { HttpPlan } from './plan-call.ts';
import type { SessionPlan } from './plan-session.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { Making } from './send-call.ts';
import { linksAbove } from './standing.ts';

type ForApproval = CardInput['approval'];

function ownerOf({ agents }: Config, agent: string): { readonly owner?: CardOwner } {
  const owner = Object.hasOwn(agents, agent) ? agents[agent]?.owner : undefined;
  return owner === undefined ? {} : { owner: { team: owner.team, email: owner.email } };
}

function capabilityOf({ targets }: Config, name: string): Capability | undefined {
  const border = name.indexOf(':');
  const target = Object.hasOwn(targets, name.slice(0, border)) ? targets[name.slice(0, border)] : undefined;
  const capabilities: Readonly<Record<string, Capability>> = target?.capabilities ?? {};
  return Object.hasOwn(capabilities, name.slice(border + 1))
    ? capabilities[name.slice(border + 1)]
    : undefined;
}

function operationsOf(config: Config, operations: readonly Operation[]): CardInput['operations'] {
  return operations.map(({ capability, parameters, http, export: asExport }) => {
    const { effect = 'admin', impacts = [], description } = capabilityOf(config, capability) ?? {};
    return {
      ...{ capability, effect, impacts, parameters, isExport: asExport === true },
      ...(description === undefined ? {} : { description }),
      ...(http === undefined ? {} : { http }),
    };
  });
}

/** The first that says how; each is one part of what is done. */
function wayBackOf(config: Config, operations: readonly Operation[]): { readonly wayBack?: string } {
  const ways = operations.flatMap(({ capability }) => capabilityOf(config, capability)?.rollback ?? []);
  return ways.length === 0 ? {} : { wayBack: [...new Set(ways)].join(' ') };
}

interface Particulars {
  readonly target: TargetDefinition;
  readonly operation: readonly Operation[];
  readonly exact: string;
  readonly exactIsWhole: boolean;
  readonly resources: readonly string[];
  readonly data: readonly string[];
  readonly identity: string;
  readonly preview?: readonly string[];
  readonly policies: readonly string[];
}

function cardWith(
  { begun, rules, caller }: Attempt,
  { target, operation, ...particulars }: Particulars,
): (approval: ForApproval) => Card {
  const { call, standing } = begun;
  const { config } = rules;
  const agent = config.agents[call.agent];
  const { reason } = caller.facts;
  const { id, purpose = '', openedAt = '', expiresAt = '', requester } = standing?.task ?? { id: call.task };
  const of = {
    agent: {
      id: call.agent,
      environment: agent?.environment ?? '',
      purpose: agent?.purpose ?? '',
      ...ownerOf(config, call.agent),
    },
    ...(requester === undefined ? {} : { requester }),
    task: { id, purpose, openedAt, expiresAt },
    ...(reason === undefined ? {} : { reason }),
    chain: (standing === undefined ? [] : linksAbove(standing)).map((above) => ({
      ...{ task: above.id, agent: above.agent },
      ...ownerOf(config, above.agent),
    })),
    target: {
      ...{ id: target.id, kind: target.kind, environment: target.environment },
      ...{ sensitivity: target.sensitivity, owner: target.owner },
    },
    operations: operationsOf(config, operation),
    ...particulars,
    ...wayBackOf(config, operation),
  };
  return (approval) => cardOf({ ...of, approval });
}

const PLACES: readonly ((one: Injection) => string | undefined)[] = [
  (one) => ('header' in one ? `header ${one.header}` : undefined),
  (one) => ('query' in one ? `query ${one.query}` : undefined),
  (one) => ('basic' in one ? 'basic authentication' : undefined),
  (one) => ('bearer' in one ? 'a bearer token' : undefined),
  (one) => ('oauth2' in one ? `an access token of ${one.oauth2.tokenUrl}` : undefined),
  (one) => ('sigv4' in one ? `a signature with the task's session of ${one.sigv4.target}` : undefined),
];

/** With what it will be done. */
function identityOf({ secret, inject, connection }: HttpTarget): string {
  const how = inject.flatMap(
    (one) => PLACES.map((place) => place(one)).find((said) => said !== undefined) ?? [],
  );
  const certificate = connection.clientCertificate === undefined ? [] : ['a client certificate'];
  const all = [...how, ...certificate];
  if (all.length === 0) return 'no credential: the target asks for none';
  return `the broker's own credential${secret === undefined ? '' : ` ${secret}`}, as ${all.join(' and ')}`;
}

const NOT_TEXT = '[a body that is no text:';
const NOT_ALL_TEXT = '[not all of this body is text, and what is not is shown as \ufffd or not at all:';

function bodyOf({ sent, shownBody }: RecordedRequest): { text: string; isWhole: boolean } {
  const { body } = sent;
  if (body === undefined) return { text: '', isWhole: true };
  const told = (what: string, { bytes, sha256 }: { readonly bytes: number; readonly sha256: string }) =>
    `${what} ${bytes} bytes, SHA-256 ${sha256}]`;
  if (shownBody === undefined) {
    return 'text' in body
      ? { text: `\n\n${body.text}`, isWhole: true }
      : { text: `\n\n${told(NOT_TEXT, body)}`, isWhole: false };
  }
  const { text, toldBy } = shownBody;
  // Before what the agent wrote: no end of a body can look like it.
  const note = toldBy === undefined ? '' : `${told(NOT_ALL_TEXT, toldBy)}\n\n`;
  return { text: `\n\n${note}${text}`, isWhole: toldBy === undefined };
}

/** Headers that are written down elsewhere, or that only the broker heeds. */
function unwritten({ wanted, request }: Making, masking: Masking): RecordedMessage['headers'] {
  const ranges = wanted.headers.filter(([name]) => ['range', 'if-range'].includes(name.toLowerCase()));
  const keys = request.forwarded.filter(([name]) => name.toLowerCase() === 'idempotency-key');
  return [
    ...maskedHeaders(masking.of(wanted.target), ranges, new Map()).shown,
    ...keys.map(([name, value]) => [name, `(SHA-256 ${sha256(value)})`] as const),
  ];
}

export function cardOfHttp(making: Making, plan: HttpPlan): (approval: ForApproval) => Card {
  const { requestLine, sent, found, hasLossyHeaders } = making.request;
  const { masking } = making.rules;
  const headers = [...sent.headers, ...unwritten(making, masking)].map(
    ([name, value]) => `${name}: ${value}`,
  );
  const body = bodyOf(making.request);
  const [method = '', ...path] = requestLine.split(' ');
  const resource = `${method} ${plan.target.connection.baseUrl}${path.join(' ')}`;
  return cardWith(making, {
    target: plan.target,
    operation: plan.operation,
    exact: [requestLine, ...headers].join('\n') + body.text,
    exactIsWhole: body.isWhole && hasLossyHeaders !== true,
    resources: [resource],
    data: [...found].map(([type, many]) => `${type}: ${many}`),
    identity: identityOf(plan.target),
    policies: plan.decision.policies,
  });
}

export function cardOfSession(
  attempt: Attempt,
  plan: SessionPlan,
  target: TargetDefinition,
): (approval: ForApproval) => Card {
  const { roleArn, durationSeconds } = plan.request;
  const policy = JSON.parse(plan.shownPolicy) as {
    Statement?: readonly { Effect: string; Resource?: unknown }[];
  };
  const resources = (policy.Statement ?? [])
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Resource }) => (typeof Resource === 'string' ? [Resource] : ((Resource ?? []) as string[])));
  return cardWith(attempt, {
    target,
    operation: plan.operation,
    exact: JSON.stringify(policy, null, 2),
    exactIsWhole: true,
    resources: [...new Set(resources)],
    data: [],
    identity: `sessions of ${roleArn} with this policy, of up to ${durationSeconds} seconds, for as long as the task is open`,
    policies: plan.decision.policies,
  });
}
