// One question to Cedar under one config, and its plain answer. Cedar sees only what can matter.
import type { Config } from '../config/index.ts';
import { type Approvals, NO_APPROVALS } from './approvers.ts';
import { approvalsFor, askedFor, type Bucket, bucketsOf, partOf } from './buckets.ts';
import {
  cedar,
  createShelf,
  type DetailedError,
  type EntityJson,
  type SchemaJson,
  type StatefulAuthorizationCall,
  type TypeAndId,
} from './cedar.ts';
import { approvalsContext, type Context } from './context.ts';
import { actionEntity } from './entities.ts';
import { type Subject, shelve } from './places.ts';
import type { Policy } from './policies.ts';
import { approverGroups, schemaOf } from './schema.ts';
import { isUnicodeRequest, plainlyFits } from './valid.ts';

export interface Request extends Subject {
  /** The principal, the resource, and what else the request is about. */
  readonly entities: readonly EntityJson[];
  /** Without approvals. */
  readonly context: Context;
}

export interface Verdict {
  /** Cedar allows it, and nothing erred. */
  readonly permitted: boolean;
  /** The policies that determined it, sorted. */
  readonly policies: readonly string[];
  /** Whether it is no verdict on the rules, but a policy or the request that erred. */
  readonly erred: boolean;
}

/** What one bucket of policies says. */
interface Part {
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
  readonly errors: readonly string[];
}

export interface Evaluator {
  /** Whether the request is one that the schema knows. Approvals are the broker's own and always fit. */
  isValid(request: Request): boolean;
  /** The policies that stand where this request comes by. */
  buckets(request: Subject): readonly Bucket[];
  evaluate(request: Request, approvals?: Approvals): Verdict;
}

/** Parsed buckets are small; the few large ones are asked for all the time, so they are never those that go. */
const parsed = createShelf('policies', 4096);
const schemas = createShelf('schema', 16);
const nothing = createShelf('none', 1);
const NO_POLICIES = {};

type Parsed = { readonly type: 'success' } | { readonly type: 'failure'; readonly errors: DetailedError[] };

function mustParse(what: string, answer: Parsed): void {
  if (answer.type === 'failure')
    throw new Error(`${what} did not parse: ${answer.errors[0]?.message ?? 'no reason'}`);
}

/** The name under which Cedar has these policies parsed. */
function namedSet(bucket: Bucket): string {
  return parsed.name(bucket, (name) => {
    const staticPolicies = Object.fromEntries(bucket.policies.map(({ id, piece }) => [id, piece.text]));
    mustParse(
      'the policies',
      cedar((module) => module.preparsePolicySet(name, { staticPolicies })),
    );
  });
}

function combine(parts: readonly Part[]): Verdict {
  const all = (side: keyof Part) => [...new Set(parts.flatMap((part) => part[side]))].sort();
  // Cedar skips a policy that errs, a forbid too. Here it denies.
  const errors = all('errors');
  if (errors.length > 0) return { permitted: false, policies: errors, erred: true };
  const forbids = all('forbids');
  if (forbids.length > 0) return { permitted: false, policies: forbids, erred: false };
  const permits = all('permits');
  return { permitted: permits.length > 0, policies: permits, erred: false };
}

function ask(call: StatefulAuthorizationCall): Part | undefined {
  const answer = cedar((module) => module.statefulIsAuthorized(call));
  if (answer.type === 'failure') return undefined;
  const { decision, diagnostics } = answer.response;
  return {
    permits: decision === 'allow' ? diagnostics.reason : [],
    forbids: decision === 'deny' ? diagnostics.reason : [],
    errors: diagnostics.errors.map(({ policyId }) => policyId),
  };
}

function uidsOf({ principal, action, resource }: Subject) {
  return { principal, action, resource };
}

function isThe(one: TypeAndId, { uid }: EntityJson): boolean {
  const other = uid as TypeAndId;
  return one.type === other.type && one.id === other.id;
}

/** Entities as these policies look at them, with those that conditions name: Cedar errs on what it was not told of. */
function entitiesFor({ entities, action, effect }: Request, { attributes, named }: Bucket): EntityJson[] {
  const others = named.filter(
    (other) => !isThe(action, other) && !entities.some(({ uid }) => isThe(uid as TypeAndId, other)),
  );
  return [...askedFor(entities, attributes), ...others, actionEntity(action.id, effect)];
}

/** Whether Cedar takes this for a request that the schema knows. */
function createJudge(schema: SchemaJson<string>): (request: Request) => boolean {
  const schemaName = () =>
    schemas.name(schema, (name) =>
      mustParse(
        'the schema',
        cedar((module) => module.preparseSchema(name, schema)),
      ),
    );
  const noPolicies = () =>
    nothing.name(NO_POLICIES, (name) =>
      mustParse(
        'no policies',
        cedar((module) => module.preparsePolicySet(name, { staticPolicies: {} })),
      ),
    );
  return (request) => {
    const { action, effect, entities, context } = request;
    const part = ask({
      ...uidsOf(request),
      action: effect === undefined ? action : { type: 'Action', id: effect },
      context: effect === undefined ? context : { ...context, ...approvalsContext([]) },
      validateRequest: true,
      preparsedSchemaName: schemaName(),
      preparsedPolicySetId: noPolicies(),
      entities: [...entities],
    });
    return part !== undefined;
  };
}

/** What has come of one request so far. */
interface Sitting {
  readonly buckets: readonly Bucket[];
  /** What each said, by as much of the approvals as it looks at: most look at none, and are asked once. */
  readonly said: Map<Bucket, Map<string, Part>>;
}

export function createEvaluator(config: Config, policies: readonly Policy[]): Evaluator {
  const shelves = shelve(policies, (some) => bucketsOf(config, some));
  const groups = approverGroups(config);
  // Without capabilities and groups: it judges what the request brings, and neither of those is of the request.
  const schema = schemaOf(config, [], []);
  const judge = createJudge(schema);
  const sittings = new WeakMap<Subject, Sitting>();

  function sittingOf(subject: Subject): Sitting {
    const before = sittings.get(subject);
    if (before !== undefined) return before;
    const now = { buckets: shelves.at(subject).flat(), said: new Map() };
    sittings.set(subject, now);
    return now;
  }

  function askBucket(request: Request, bucket: Bucket, approvals: Context): Part {
    const part = ask({
      ...uidsOf(request),
      context: request.effect === undefined ? {} : { ...partOf(request.context, bucket.looks), ...approvals },
      preparsedPolicySetId: namedSet(bucket),
      entities: entitiesFor(request, bucket),
    });
    // What Cedar can't take in at all denies, as what errs does.
    return part ?? { permits: [], forbids: [], errors: bucket.policies.map(({ id }) => id) };
  }

  function partOfBucket(request: Request, said: Sitting['said'], bucket: Bucket, approvals: Approvals): Part {
    const lookedAt = approvalsFor(bucket, groups, approvals);
    const key = JSON.stringify(lookedAt);
    const before = said.get(bucket) ?? new Map<string, Part>();
    said.set(bucket, before);
    const part = before.get(key) ?? askBucket(request, bucket, lookedAt);
    before.set(key, part);
    return part;
  }

  return {
    isValid: (request) => isUnicodeRequest(request) && (plainlyFits(schema, request) || judge(request)),
    buckets: (subject) => sittingOf(subject).buckets,
    evaluate(request, approvals = NO_APPROVALS) {
      const { buckets, said } = sittingOf(request);
      return combine(buckets.map((bucket) => partOfBucket(request, said, bucket, approvals)));
    },
  };
}
