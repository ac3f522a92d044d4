// Asks Cedar about conditions one by one, under one request: which hold, which do not, and which err.
import type { Config } from '../config/index.ts';
import { type Approvals, NO_APPROVALS } from './approvers.ts';
import { cedar, type DetailedError, type PolicyJson, type TypeAndId } from './cedar.ts';
import { approvalsContext } from './context.ts';
import { actionEntity, entitiesNamed } from './entities.ts';
import type { Request } from './evaluate.ts';
import { type One, onesIn, permitOf, type Wanted } from './explain-conditions.ts';
import { uidText } from './explain-values.ts';
import { factsOfPolicy, type Policy } from './policies.ts';
import { approverGroups, schemaOf } from './schema.ts';
import { isUnicode } from './valid.ts';

type Module = Parameters<Parameters<typeof cedar>[0]>[0];
type AuthorizationAnswer = ReturnType<Module['isAuthorized']>;

/** Undefined: it does not hold. */
export type Said = 'holds' | { readonly error: string } | undefined;

export interface Asking {
  /** What is wrong with the request itself, if it is none that the schema knows. */
  problem(): string | undefined;
  /** What each policy says. */
  policies(policies: readonly Policy[], approvals?: Approvals): ReadonlyMap<Policy, Said>;
  conditions(wanted: readonly Wanted[], approvals?: Approvals): ReadonlyMap<One, Said>;
}

/** What Cedar says, without the name that the condition had in the question. */
function sayEvaluation({ message, help }: DetailedError): string {
  const said = message.replace(/^(?:error while evaluating policy|while evaluating policy) `[^`]*`: /, '');
  return help === null || help === undefined ? said : `${said}: ${help}`;
}

function answered(answer: AuthorizationAnswer, asked: readonly string[]): ReadonlyMap<string, Said> {
  if (answer.type === 'failure') {
    const [first] = answer.errors;
    const error = first === undefined ? 'Cedar can not take it in' : sayEvaluation(first);
    return new Map(asked.map((name) => [name, { error }]));
  }
  const { reason, errors } = answer.response.diagnostics;
  return new Map<string, Said>([
    ...reason.map((name) => [name, 'holds'] as const),
    ...errors.map(({ policyId, error }) => [policyId, { error: sayEvaluation(error) }] as const),
  ]);
}

/** Of a forbid it is wanted that it does not hold. */
function wantedOfWhole({ head }: Policy, said: Said): Said {
  if (head.effect === 'permit' || typeof said === 'object') return said;
  return said === undefined ? 'holds' : undefined;
}

/** Each is under a name of its own, so that nothing that Cedar has parsed is in the way. All of one effect. */
type Ask = (asked: readonly (string | PolicyJson)[], approvals: Approvals) => readonly Said[];

function createAsk(config: Config, request: Request, policies: readonly Policy[]): Ask {
  const { principal, action, effect, resource, context } = request;
  const groups = approverGroups(config);
  const present = new Set([action, ...request.entities.map(({ uid }) => uid as TypeAndId)].map(uidText));
  const named = entitiesNamed(
    config,
    policies.flatMap((policy) => factsOfPolicy(policy).inConditions),
  );
  const entities = [
    ...request.entities,
    ...named.filter(({ uid }) => !present.has(uidText(uid as TypeAndId))),
    actionEntity(action.id, effect),
  ];
  return (asked, approvals) => {
    if (asked.length === 0) return [];
    const names = asked.map((_, place) => `c${place}`);
    const staticPolicies = Object.fromEntries(asked.map((policy, place) => [`c${place}`, policy]));
    const counted = effect === undefined ? context : { ...context, ...approvalsContext(groups, approvals) };
    const question = {
      principal,
      action,
      resource,
      context: counted,
      policies: { staticPolicies },
      entities,
    };
    const said = answered(
      cedar((module) => module.isAuthorized(question)),
      names,
    );
    return names.map((name) => said.get(name));
  };
}

/** As they stand in their files: what is read of them elsewhere may be rounded. */
function askWhole(ask: Ask, some: readonly Policy[], approvals: Approvals): ReadonlyMap<Policy, Said> {
  // Beside a forbid that holds, Cedar tells of no permit.
  const heard = (['permit', 'forbid'] as const).flatMap((kind) => {
    const ofKind = some.filter(({ head }) => head.effect === kind);
    const texts = ofKind.map(({ piece }) => piece.text);
    const said = ask(texts, approvals);
    return ofKind.map((policy, place) => [policy, said[place]] as const);
  });
  return new Map(heard);
}

function askOnes(ask: Ask, ones: readonly One[], approvals: Approvals): ReadonlyMap<One, Said> {
  const cut = ones.filter((one) => one.kind === 'one');
  const bodies = cut.map(({ body }) => permitOf([{ kind: 'when', body }]));
  const said = ask(bodies, approvals);
  const wholes = ones.filter((one) => one.kind === 'whole');
  const policies = wholes.map(({ policy }) => policy);
  const heard = askWhole(ask, policies, approvals);
  return new Map<One, Said>([
    ...cut.map((one, place) => [one, said[place]] as const),
    ...wholes.map((one) => [one, wantedOfWhole(one.policy, heard.get(one.policy))] as const),
  ]);
}

function problemOf(config: Config, request: Request): string | undefined {
  if (!isUnicode(request)) return 'it holds text that is no Unicode, half of a surrogate pair';
  const { principal, action, effect, resource, context, entities } = request;
  const answer = cedar((module) =>
    module.isAuthorized({
      ...{ principal, resource },
      action: effect === undefined ? action : { type: 'Action', id: effect },
      context: effect === undefined ? context : { ...context, ...approvalsContext([]) },
      schema: schemaOf(config, [], []),
      validateRequest: true,
      policies: { staticPolicies: {} },
      entities: [...entities],
    }),
  );
  if (answer.type === 'success') return undefined;
  return answer.errors.map(sayEvaluation).join('; ') || 'Cedar can not take it in';
}

export function askAbout(config: Config, request: Request, policies: readonly Policy[]): Asking {
  const ask = createAsk(config, request, policies);
  return {
    problem: () => problemOf(config, request),
    policies: (some, approvals = NO_APPROVALS) => askWhole(ask, some, approvals),
    conditions: (wanted, approvals = NO_APPROVALS) => askOnes(ask, wanted.flatMap(onesIn), approvals),
  };
}
