// Random operators' files and random chains of tasks under them, for what must hold of every chain there can be.
import fc from 'fast-check';
import type { AwsCapability } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Delegation, Parameters, RequestedCapability } from '../../src/tasks/index.ts';
import { AGENTS, accept, CHAIN_PARTS, chainAgent, chainWorld, type Held } from './chains.ts';
import { SECOND } from './clock.ts';
import { awsCapability, awsTarget, type ConfigParts } from './config.ts';
import { codeOf, type World } from './world.ts';

const PATTERN = '[a-z0-9/-]{0,60}';
const GROUPS = ['blue', 'red'];
const PURPOSES = ['Build the report', 'Tidy up'];
const NAMES = ['one', 'two', 'three'];
const ALL = NAMES.map((name) => `store:${name}`);

const CONDITIONS = [
  'context.task.chainDepth > 0',
  'context.task.chainDepth < 2',
  'context.task.chainDepth == 3',
  'context.task.purpose == "Tidy up"',
  'principal in Group::"red"',
  'principal == Agent::"scout"',
  'principal.environment == resource.environment',
  'context.task has requester && context.task.requester.proven',
  'context.impacts.isEmpty()',
  'context.approvals.count >= 1',
  'context.approvals.count >= 2',
  'context.approvals.count < 2',
  'context.approvals.of["red"] >= 1',
  'context.approvals.of["blue"] >= 2',
  'context.approvals.of["red"] >= 1 && context.approvals.of["blue"] >= 1',
];

const condition = fc
  .tuple(fc.constantFrom(...CONDITIONS), fc.constantFrom('&&', '||'), fc.constantFrom(...CONDITIONS, 'true'))
  .map(([one, how, other]) => `(${one}) ${how} (${other})`);
const clause = fc.record({
  effect: fc.constantFrom('permit', 'forbid'),
  action: fc.constantFrom('action', 'action == Action::"store:one"', 'action in Action::"write"'),
  how: fc.constantFrom('when', 'unless'),
  condition,
});
const policies = fc
  .tuple(
    fc.constantFrom(
      'permit (principal, action, resource);',
      'permit (principal, action in Action::"read", resource);',
      'permit (principal is Agent, action, resource) when { context.approvals.count >= 1 };',
      '',
    ),
    fc.array(clause, { maxLength: 3 }),
  )
  .map(([first, more]) =>
    [
      first,
      ...more.map(
        ({ effect, action, how, condition: when }) =>
          `${effect} (principal is Agent, ${action}, resource) ${how} { ${when} };`,
      ),
    ].join('\n'),
  );

const template = fc.constantFrom(
  'arn:aws:s3:::acme/${path}/*',
  'arn:aws:s3:::acme/${path}/*',
  'arn:aws:s3:::acme/${path}/*',
  'arn:aws:s3:::acme/${path}*',
  'arn:aws:s3:::acme/${path}',
  'arn:aws:s3:::acme/*/${path}',
  'arn:aws:s3:::acme',
  'arn:aws:sqs:*:111122223333:${path}?',
);
const statement = fc.record({
  actions: fc.constantFrom(['s3:GetObject'], ['s3:GetObject', 's3:PutObject']),
  resources: fc.uniqueArray(template, { minLength: 1, maxLength: 2 }),
  conditions: fc.constantFrom(
    {},
    {},
    {},
    {},
    { StringLike: { 's3:prefix': '${path}/*' } },
    { StringLike: { 's3:prefix': ['${path}', '${path}/*'] } },
    { StringEquals: { 's3:ExistingObjectTag/team': '${path}' } },
  ),
});
const capability: fc.Arbitrary<AwsCapability> = fc
  .record({
    effect: fc.constantFrom('read', 'read', 'write'),
    impacts: fc.constantFrom([], [], ['export'] as const),
    statements: fc.array(statement, { minLength: 1, maxLength: 2 }),
  })
  .map((given) => awsCapability({ ...given, parameters: { path: { pattern: PATTERN } } }));

const agent = fc.record({
  environment: fc.constantFrom('production', 'production', 'staging'),
  groups: fc.subarray(GROUPS),
  capabilities: fc.oneof({ weight: 5, arbitrary: fc.constant(ALL) }, fc.subarray(ALL)),
  maxTaskSeconds: fc.constantFrom(28_800, 3600, 60),
});

const parts: fc.Arbitrary<ConfigParts> = fc
  .record({
    agents: fc.tuple(...AGENTS.map(() => agent)),
    capabilities: fc.tuple(...NAMES.map(() => capability)),
    policies,
  })
  .map((given) => ({
    ...CHAIN_PARTS,
    groups: [...(CHAIN_PARTS.groups ?? []), ...GROUPS],
    agents: AGENTS.map((id, i) => chainAgent(id, given.agents[i] ?? {})),
    targets: [
      awsTarget('store', {
        capabilities: Object.fromEntries(
          NAMES.map((name, i) => [name, given.capabilities[i] ?? awsCapability()]),
        ),
      }),
    ],
    policies: `${given.policies}\npermit (principal is Human, action, resource);`,
  }));

const path = fc.constantFrom('a', 'b', 'a/b', 'a/b/c', 'ab', '', 'a/');
/** Something that is held, as it is or changed; or something else. */
const choice = fc.record({
  pick: fc.nat(20),
  how: fc.constantFrom('as it is', 'as it is', 'longer', 'longer', 'left out', 'another'),
  path,
});
const step = fc.record({
  wanted: fc.array(choice, { minLength: 1, maxLength: 3 }),
  ttlSeconds: fc.option(fc.constantFrom(1, 50, 600, 20_000), { nil: undefined, freq: 2 }),
  taken: fc.array(choice, { minLength: 1, maxLength: 3 }),
  takenSeconds: fc.option(fc.constantFrom(1, 40, 600), { nil: undefined, freq: 2 }),
  purpose: fc.constantFrom(...PURPOSES),
  wait: fc.constantFrom(0, 0, 1, 20),
  /** So many open a task with it at once; those with a key have the same. */
  attempts: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
});
const root = fc.record({
  capabilities: fc.array(
    fc.record({ capability: fc.constantFrom(...ALL), parameters: fc.record({ path }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  requester: fc.constantFrom('nobody', 'claimed', 'proven'),
  purpose: fc.constantFrom(...PURPOSES),
});

export const scenario = fc.record({ parts, root, steps: fc.array(step, { minLength: 2, maxLength: 6 }) });
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;
type Step = Scenario['steps'][number];

function chosen(held: readonly RequestedCapability[], choices: Step['wanted']) {
  return choices.flatMap(({ pick, how, path: value }): { capability: string; parameters?: Parameters }[] => {
    const one = held[pick % held.length];
    if (one === undefined) return [];
    const { capability: name, parameters } = one;
    if (how === 'left out') return [{ capability: name }];
    if (how === 'another')
      return [{ capability: ALL[pick % ALL.length] ?? name, parameters: { path: value } }];
    const longer = { path: `${parameters['path']}/${value}`.slice(0, 60) };
    return [{ capability: name, parameters: how === 'longer' ? longer : parameters }];
  });
}

/** As it was asked for; if that is refused, all that is held; if that is refused too, nothing. */
async function offer(
  world: World,
  { task, token }: Held,
  to: string,
  one: Step,
): Promise<Delegation | undefined> {
  const { capabilities } = task;
  const whole = capabilities.map(({ capability: name, parameters }) => ({ capability: name, parameters }));
  const tries = [
    { agent: to, capabilities: chosen(capabilities, one.wanted), ttlSeconds: one.ttlSeconds },
    { agent: to, capabilities: whole },
  ];
  for (const wanted of tries) {
    const answer = await world.delegate(task.id, token, wanted);
    if (!(answer instanceof Refusal)) return answer;
  }
  return undefined;
}

interface Accepted {
  readonly held: Held | undefined;
  /** How many tasks those who tried at once were given. */
  readonly tasks: number;
}

async function acceptAtOnce(world: World, delegation: Delegation, one: Step): Promise<Accepted> {
  const capabilities = chosen(delegation.capabilities, one.taken).map(
    ({ capability: name, parameters = {} }) => ({
      capability: name,
      parameters,
    }),
  );
  const { purpose, takenSeconds } = one;
  const asked = { purpose, ...(takenSeconds === undefined ? {} : { ttlSeconds: takenSeconds }) };
  const all = await Promise.all(
    one.attempts.map((keyed) =>
      accept(world, delegation, { ...asked, capabilities, ...(keyed ? { key: 'k' } : {}) }),
    ),
  );
  let opened: readonly Held[] = all.flatMap((answer) => (answer instanceof Refusal ? [] : [answer]));
  if (opened.length === 0) {
    const answer = await accept(world, delegation, { purpose });
    opened = answer instanceof Refusal ? [] : [answer];
  }
  return { held: opened[0], tasks: new Set(opened.map(({ task }) => task.id)).size };
}

export interface Played {
  readonly world: World;
  /** The root first. */
  readonly chain: readonly Held[];
  readonly delegations: readonly Delegation[];
  /** For each delegation, how many tasks it opened. */
  readonly opened: readonly number[];
}

/** Plays it as far as the broker lets it go. */
export async function play({ parts: files, root: first, steps }: Scenario): Promise<Played> {
  const world = await chainWorld(files);
  const [agentOfRoot, ...others] = AGENTS;
  const { requester, ...asked } = first;
  const opened = await world.open({
    token: world.agentToken(agentOfRoot),
    ...asked,
    ...(requester === 'claimed' ? { requester: 'kim' } : {}),
    ...(requester === 'proven' ? { requesterToken: world.personToken() } : {}),
  });
  if (opened instanceof Refusal) return { world, chain: [], delegations: [], opened: [] };
  const chain: Held[] = [opened];
  const [delegations, counts]: [Delegation[], number[]] = [[], []];
  for (const [place, one] of steps.entries()) {
    const above = chain.at(-1) ?? opened;
    const delegation = await offer(world, above, others[place] ?? '', one);
    if (delegation === undefined) break;
    world.clock.advance(one.wait * SECOND);
    const { held, tasks } = await acceptAtOnce(world, delegation, one);
    delegations.push(delegation);
    counts.push(tasks);
    if (held === undefined) break;
    chain.push(held);
  }
  return { world, chain, delegations, opened: counts };
}

export interface Executed {
  readonly operation: RequestedCapability;
  /** The session policy that STS was given. */
  readonly policy: string;
}

/** What the broker does for this task, of all that it holds. */
export async function executed(world: World, { task, token }: Held): Promise<readonly Executed[]> {
  const done: Executed[] = [];
  for (const { capability: name, parameters } of task.capabilities) {
    const operation = { capability: name, parameters };
    const answer = await world.issue(task.id, token, { wanted: [operation] });
    const policy = world.sessions.asked.at(-1)?.policy;
    if (codeOf(answer) === 'ok' && policy !== undefined) done.push({ operation, policy });
  }
  return done;
}
