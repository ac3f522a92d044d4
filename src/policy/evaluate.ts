// One question to Cedar under one config, and its plain answer.
import type { Config } from '../config/index.ts';
import {
  type CedarValueJson,
  cedar,
  createShelf,
  type DetailedError,
  type EntityJson,
  type StatefulAuthorizationCall,
  type TypeAndId,
} from './cedar.ts';
import { knownEntities } from './entities.ts';
import type { Policy } from './policies.ts';
import { type CapabilityAction, schemaOf } from './schema.ts';
import type { Constraint } from './tree.ts';

export interface Request {
  readonly principal: EntityJson & { readonly uid: TypeAndId };
  readonly action: TypeAndId;
  /** The effect that the action is part of, for a capability. */
  readonly effect?: string;
  readonly resource: TypeAndId;
  /** What the request is about beside its principal. */
  readonly entities: readonly EntityJson[];
}

export interface Verdict {
  /** Cedar allows it, and nothing erred. */
  readonly permitted: boolean;
  /** The policies that determined it, sorted. */
  readonly policies: readonly string[];
  /** Whether it is no verdict on the rules, but a policy or the request that erred. */
  readonly erred: boolean;
}

/** What is parsed for one set of capabilities; the object is the owner of its place in Cedar's cache. */
export interface SchemaScope {
  readonly capabilities: readonly CapabilityAction[];
}

export interface Evaluator {
  /** The policies whose head fits, of those that matter beyond their verdict. */
  relevant(request: Request): readonly Policy[];
  evaluate(request: Request, scope: SchemaScope, context: Readonly<Record<string, CedarValueJson>>): Verdict;
}

// Two configs at a time are plenty for a broker: the one in force and the one that follows it.
const policySets = createShelf('policies', 4);
const schemas = createShelf('schema', 16);

type Parsed = { readonly type: 'success' } | { readonly type: 'failure'; readonly errors: DetailedError[] };

function mustParse(what: string, answer: Parsed): void {
  if (answer.type === 'failure')
    throw new Error(`${what} did not parse: ${answer.errors[0]?.message ?? 'no reason'}`);
}

function fits(side: Constraint, uid: TypeAndId, parents: readonly TypeAndId[]): boolean {
  const same = (other: TypeAndId) => other.type === uid.type && other.id === uid.id;
  if (side.type !== undefined && side.type !== uid.type) return false;
  if (side.is !== undefined && !same(side.is)) return false;
  const among = (other: TypeAndId) =>
    same(other) || parents.some(({ type, id }) => other.type === type && other.id === id);
  return side.in === undefined || side.in.some(among);
}

/** Wider than Cedar at most: it serves to leave out what can't matter. */
function headFits({ facts }: Policy, { principal, action, effect, resource }: Request): boolean {
  return (
    fits(facts.action, action, effect === undefined ? [] : [{ type: 'Action', id: effect }]) &&
    fits(facts.principal, principal.uid, principal.parents as readonly TypeAndId[]) &&
    fits(facts.resource, resource, [])
  );
}

export function createEvaluator(config: Config, policies: readonly Policy[]): Evaluator {
  const texts = Object.fromEntries(policies.map(({ id, piece }) => [id, piece.text]));
  const noteworthy = policies.filter(({ facts }) => facts.heedsApprovals || facts.inConditions.length > 0);
  const relevant = (request: Request) => noteworthy.filter((policy) => headFits(policy, request));
  const fillPolicies = (name: string) =>
    mustParse(
      'the policies',
      cedar((module) => module.preparsePolicySet(name, { staticPolicies: texts })),
    );

  function evaluate(
    request: Request,
    scope: SchemaScope,
    context: Readonly<Record<string, CedarValueJson>>,
  ): Verdict {
    const { principal, action, resource, entities } = request;
    const present = new Set([principal, ...entities].map(({ uid }) => JSON.stringify(uid)));
    // Cedar errs on an entity it was not told of, so those that conditions name come along.
    const named = relevant(request).flatMap(({ facts }) => facts.inConditions);
    const others = knownEntities(config, named).filter(({ uid }) => !present.has(JSON.stringify(uid)));
    const call: StatefulAuthorizationCall = {
      principal: principal.uid,
      action,
      resource,
      context,
      validateRequest: true,
      preparsedSchemaName: schemas.name(scope, (name) =>
        mustParse(
          'the schema',
          cedar((module) => module.preparseSchema(name, schemaOf(config, scope.capabilities))),
        ),
      ),
      preparsedPolicySetId: policySets.name(texts, fillPolicies),
      entities: [principal, ...entities, ...others],
    };
    const answer = cedar((module) => module.statefulIsAuthorized(call));
    // The request does not fit the schema.
    if (answer.type === 'failure') return { permitted: false, policies: [], erred: true };
    const { decision, diagnostics } = answer.response;
    // Cedar skips a policy that errs, a forbid too. Here it denies.
    if (diagnostics.errors.length > 0) {
      return {
        permitted: false,
        policies: diagnostics.errors.map(({ policyId }) => policyId).sort(),
        erred: true,
      };
    }
    return { permitted: decision === 'allow', policies: [...diagnostics.reason].sort(), erred: false };
  }

  // Parsed now, so that a set that does not parse is refused here and not at the first question.
  policySets.name(texts, fillPolicies);
  return { relevant, evaluate };
}
