// Policy decided the plain way: all policies in one set, the whole schema, everything known of a request. It is slow
// and simple, and what the index of policies answers must be equal to what it answers.
import type { Config } from '../../src/config/index.ts';
import { type Approvals, approverSets, NO_APPROVALS } from '../../src/policy/approvers.ts';
import {
  CedarFailed,
  cedar,
  createShelf,
  type EntityJson,
  type PolicyJson,
  type StatefulAuthorizationCall,
  type TypeAndId,
} from '../../src/policy/cedar.ts';
import { approvalsContext } from '../../src/policy/context.ts';
import { knownEntities } from '../../src/policy/entities.ts';
import type { Request } from '../../src/policy/evaluate.ts';
import type { Decision, DecisionInput, HumanQuestion, PolicyEngine } from '../../src/policy/index.ts';
import { askedOf, capabilityRequest, humanRequest } from '../../src/policy/request.ts';
import { actionsOf, approverGroups, schemaOf } from '../../src/policy/schema.ts';
import { cutPolicies } from '../../src/policy/source.ts';
import { strictest } from '../../src/policy/strictest.ts';

interface PlainPolicy {
  readonly id: string;
  readonly text: string;
  readonly json: PolicyJson;
  /** Whether its conditions look at approvals, and whose. */
  readonly heeds: boolean;
  readonly groups: readonly string[];
}

interface PlainVerdict {
  readonly permitted: boolean;
  readonly policies: readonly string[];
  readonly erred: boolean;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every object of a tree, however deep. */
function* nodesOf(tree: unknown): Generator<Node> {
  if (!isNode(tree)) return;
  yield tree;
  for (const child of Object.values(tree)) yield* nodesOf(child);
}

/** `a.b.c` and `a.b has c`: where it begins, and the names that follow. */
function accessOf(node: Node): { readonly from: Node; readonly names: readonly string[] } | undefined {
  const operand = node['.'] ?? node['has'];
  if (!isNode(operand) || !isNode(operand['left'])) return undefined;
  const above = accessOf(operand['left']);
  const names = [...(above?.names ?? []), ...[operand['attr']].flat().map(String)];
  return { from: above?.from ?? operand['left'], names };
}

function approvalsIn(conditions: unknown): Pick<PlainPolicy, 'heeds' | 'groups'> {
  const nodes = [...nodesOf(conditions)];
  const accesses = nodes.flatMap((node) => accessOf(node) ?? []);
  const isContext = (node: unknown) => isNode(node) && node['Var'] === 'context';
  const accessed = nodes.flatMap((node) => node['.'] ?? node['has'] ?? []).filter(isNode);
  const asWhole = nodes.filter(isContext).length > accessed.filter(({ left }) => isContext(left)).length;
  const approvals = accesses.some(({ from, names }) => isContext(from) && names[0] === 'approvals');
  const groups = accesses.flatMap(({ names }) =>
    names.filter((_, i) => names[i - 2] === 'approvals' && names[i - 1] === 'of'),
  );
  return { heeds: asWhole || approvals || groups.length > 0, groups };
}

function parse(config: Config): readonly PlainPolicy[] {
  return config.policies.flatMap(({ file, text }) =>
    cutPolicies(text).map((piece) => {
      const answer = cedar((module) => module.policyToJson(piece.text));
      if (answer.type === 'failure') throw new Error(`${piece.text}: ${answer.errors[0]?.message}`);
      const { json } = answer;
      const named = (json.annotations as Readonly<Record<string, string | null>> | undefined)?.['id'];
      const id = named || `${file.replace(/^policies\//, '')}:${piece.line}`;
      return { id, text: piece.text, json, ...approvalsIn(json.conditions) };
    }),
  );
}

function entitiesNamedIn(policies: readonly PlainPolicy[]): readonly TypeAndId[] {
  return policies.flatMap(({ json }) =>
    [...nodesOf(json.conditions)].flatMap((node) =>
      isNode(node['__entity']) ? [node['__entity'] as unknown as TypeAndId] : [],
    ),
  );
}

const shelf = createShelf('plain', 8);

function mustSucceed(answer: { readonly type: string }): void {
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer));
}

/** Undefined where Cedar breaks on the question, as it does on half a surrogate pair. */
function answerTo(call: StatefulAuthorizationCall) {
  try {
    return cedar((module) => module.statefulIsAuthorized(call));
  } catch (error) {
    if (error instanceof CedarFailed) return undefined;
    throw error;
  }
}

function createAsking(config: Config, policies: readonly PlainPolicy[]) {
  const groups = approverGroups(config);
  // As text: the JSON has lost the last digits of long numbers.
  const all = { policies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) };
  // Heads alone, each a permit, so that Cedar itself says which of them fit.
  const heads = {
    policies: Object.fromEntries(
      policies.map(({ id, json }) => [id, { ...json, effect: 'permit' as const, conditions: [] }]),
    ),
  };
  const schema = {};
  const others = knownEntities(config, entitiesNamedIn(policies));
  const schemaName = () =>
    shelf.name(schema, (name) => {
      const capabilities = Object.keys(config.targets).flatMap((target) => actionsOf(config, target));
      mustSucceed(cedar((module) => module.preparseSchema(name, schemaOf(config, capabilities, groups))));
    });

  return (request: Request, approvals: Approvals, set: 'all' | 'heads'): PlainVerdict => {
    const { principal, action, resource, entities, context, effect } = request;
    const same = (a: EntityJson, b: EntityJson) => JSON.stringify(a.uid) === JSON.stringify(b.uid);
    const owner = set === 'all' ? all : heads;
    const call = {
      principal,
      action,
      resource,
      context: effect === undefined ? {} : { ...context, ...approvalsContext(groups, approvals) },
      validateRequest: true,
      preparsedSchemaName: schemaName(),
      preparsedPolicySetId: shelf.name(owner, (name) =>
        mustSucceed(cedar((module) => module.preparsePolicySet(name, { staticPolicies: owner.policies }))),
      ),
      entities: [...entities, ...others.filter((other) => !entities.some((entity) => same(entity, other)))],
    };
    const answer = answerTo(call);
    if (answer?.type !== 'success') return { permitted: false, policies: [], erred: true };
    const { decision, diagnostics } = answer.response;
    const erring = diagnostics.errors.map(({ policyId }) => policyId).sort();
    return erring.length > 0
      ? { permitted: false, policies: erring, erred: true }
      : { permitted: decision === 'allow', policies: [...diagnostics.reason].sort(), erred: false };
  };
}

type Answer = Omit<Decision, 'configDigest'>;

const denied = (policies: readonly string[]): Answer => ({
  outcome: 'denied',
  code: 'denied_by_policy',
  policies,
});

/** With every approval that could be asked for by policies whose head fits, as the design says. */
export function createPlainEngine(config: Config): PolicyEngine {
  const policies = parse(config);
  const ask = createAsking(config, policies);

  function answer(request: Request): Answer {
    const first = ask(request, NO_APPROVALS, 'all');
    if (first.permitted) return { outcome: 'allowed', policies: first.policies };
    if (first.erred) return denied(first.policies);
    const fitting = new Set(ask(request, NO_APPROVALS, 'heads').policies);
    const heeding = policies.filter(({ id, heeds }) => heeds && fitting.has(id));
    const deaf = first.policies.filter((id) => !heeding.some((policy) => policy.id === id));
    if (deaf.length > 0) return denied(deaf);
    if (first.policies.length === 0 && !heeding.some(({ json }) => json.effect === 'permit'))
      return denied([]);
    const named = new Set(heeding.flatMap(({ groups }) => groups));
    let standing = first.policies;
    for (const approvals of approverSets(approverGroups(config).filter((group) => named.has(group)))) {
      const verdict = ask(request, approvals, 'all');
      if (verdict.permitted) {
        const stopped = first.policies.length > 0;
        return { outcome: 'needsApproval', approvals, policies: stopped ? first.policies : verdict.policies };
      }
      standing = standing.filter((id) => verdict.policies.includes(id));
    }
    return denied(standing.length > 0 ? standing : first.policies);
  }

  const { digest: configDigest } = config;
  const decideEach = (input: DecisionInput) =>
    input.operations.map((operation) =>
      strictest(
        input.chain.map((task) => {
          const request = capabilityRequest(config, input, task, askedOf(config, operation));
          return { ...answer(request), configDigest };
        }),
      ),
    );

  return {
    decideEach,
    decide: (input) => strictest(decideEach(input)),
    mayHuman: (question: HumanQuestion) => {
      const verdict = ask(humanRequest(config, question), NO_APPROVALS, 'all');
      return verdict.permitted
        ? { outcome: 'allowed', policies: verdict.policies, configDigest }
        : { outcome: 'denied', code: 'not_permitted', policies: verdict.policies, configDigest };
    },
  };
}
