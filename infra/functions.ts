// The functions of a deployment: what each answers, and what each may touch. Roles, routes and tests follow from it.
import type { RouteName } from '../src/api/index.ts';

export interface FunctionDesign {
  readonly purpose: string;
  readonly routes: readonly RouteName[];
  /** DynamoDB actions on the state table. */
  readonly state: readonly TableAction[];
  /** Partitions of the state table in which it counts, or notes that something was used: nothing else is changed there. */
  readonly counts: readonly CountedPartitions[];
  /** DynamoDB actions on the state table's index. */
  readonly stateIndex: readonly 'Query'[];
  /** DynamoDB actions on the events table. Nothing here may change or delete what is written. */
  readonly events: readonly TableAction[];
  /** DynamoDB actions on the events table's index by time. */
  readonly eventsIndex: readonly 'Query'[];
  /** S3 actions on the objects of the bucket. */
  readonly objects: readonly ('GetObject' | 'PutObject')[];
  /** May it remove what waited sealed for people? No other object is ever removed before its time. */
  readonly removesSealed: boolean;
  /** On the key that operations are sealed under while people decide. Whoever may seal opens nothing. */
  readonly sealing: 'none' | 'seal' | 'open';
  /** On the workflow of approvals: starts one, wakes one that waits. */
  readonly workflow: readonly ('start' | 'wake')[];
  /** Of the secrets that broker.yaml names. */
  readonly ownSecrets: readonly ('login' | 'slack')[];
  readonly sendsMail: boolean;
  readonly tokenKeys: 'none' | 'read' | 'rotate';
  /** The key of pseudonyms: for those that hear callers, and so mask what they say. */
  readonly maskingKeys: 'none' | 'read' | 'rotate';
  /**
   * May it assume the roles of the config's AWS targets, and look up what they carry? `signing`: only of those that
   * requests to HTTP targets are signed for. `asMakeCall`: of those, but only as the role of `make-call`, which it may
   * assume in their place.
   */
  readonly assumesTargetRoles: 'none' | 'all' | 'signing' | 'asMakeCall';
  /** Does it call targets over the network? Only such functions read the secrets of targets, and run in a VPC. */
  readonly reachesTargets: boolean;
  /** May it write the one policy on these roles by which sessions are revoked? */
  readonly writesDenies: boolean;
  /** Is it told of changes of the state table, and may it read its stream? */
  readonly stateStream: boolean;
  /** Does the checked config travel with its code? */
  readonly config: boolean;
  readonly timeoutSeconds: number;
  /** At most that many at once, where a flood would cost others; overridable, see `BailiwickProps`. */
  readonly reservedConcurrency?: number;
}

export type TableAction = 'PutItem' | 'GetItem' | 'BatchGetItem' | 'Query';

/**
 * Refused tokens, tokens of nobody registered, when an agent was seen: `src/agents/` makes their keys. How often a
 * role's deny was asked for: `src/credentials/` makes those. Which proofs of possession were used: `src/broker/proof.ts`.
 */
export type CountedPartitions = 'refused/*' | 'sightings/*' | 'seen/*' | 'revoke/*' | 'used/*';

/** A synchronous call has 25 s of work; 29 s is where API Gateway ends it. */
const SYNCHRONOUS_SECONDS = 29;
const BACKGROUND_SECONDS = 60;
/** As long as a step of the workflow is given; see `statemachines/approval.asl.json`. */
const STEP_SECONDS = 30;

const NOTHING = {
  routes: [],
  state: [],
  counts: [],
  stateIndex: [],
  events: [],
  eventsIndex: [],
  objects: [],
  removesSealed: false,
  sealing: 'none',
  workflow: [],
  ownSecrets: [],
  sendsMail: false,
  tokenKeys: 'none',
  maskingKeys: 'none',
  assumesTargetRoles: 'none',
  reachesTargets: false,
  writesDenies: false,
  stateStream: false,
  config: false,
  timeoutSeconds: SYNCHRONOUS_SECONDS,
} as const;

const FUNCTIONS = {
  'open-task': {
    ...NOTHING,
    purpose: 'Opens tasks',
    routes: ['openTask', 'exchangeToken'],
    state: ['PutItem', 'BatchGetItem', 'GetItem'],
    counts: ['refused/*', 'sightings/*', 'seen/*'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    tokenKeys: 'read',
    maskingKeys: 'read',
    config: true,
    reservedConcurrency: 50,
  },
  tasks: {
    ...NOTHING,
    purpose: 'Reads, finishes and hands on tasks, for their own agents',
    routes: ['readTask', 'finishTask', 'delegate'],
    state: ['PutItem', 'BatchGetItem', 'GetItem', 'Query'],
    counts: ['refused/*', 'sightings/*', 'revoke/*'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    workflow: ['wake'],
    tokenKeys: 'read',
    maskingKeys: 'read',
    config: true,
  },
  'issue-credentials': {
    ...NOTHING,
    purpose: 'Issues session credentials for a task',
    routes: ['issueCredentials'],
    state: ['PutItem', 'BatchGetItem', 'GetItem', 'Query'],
    counts: ['refused/*', 'seen/*'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    sealing: 'seal',
    workflow: ['start'],
    tokenKeys: 'read',
    maskingKeys: 'read',
    assumesTargetRoles: 'all',
    config: true,
    reservedConcurrency: 50,
  },
  'make-call': {
    ...NOTHING,
    purpose: 'Makes HTTP calls to targets for agents',
    routes: ['callTarget', 'callTargetRoot'],
    state: ['PutItem', 'BatchGetItem', 'GetItem', 'Query'],
    counts: ['refused/*', 'seen/*'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    sealing: 'seal',
    workflow: ['start'],
    tokenKeys: 'read',
    maskingKeys: 'read',
    assumesTargetRoles: 'signing',
    reachesTargets: true,
    config: true,
    // A target that is slow holds each for as long as a call may take.
    reservedConcurrency: 100,
  },
  'execute-call': {
    ...NOTHING,
    purpose: 'Carries out what was approved',
    state: ['PutItem', 'BatchGetItem', 'GetItem'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    sealing: 'open',
    tokenKeys: 'read',
    maskingKeys: 'read',
    assumesTargetRoles: 'asMakeCall',
    reachesTargets: true,
    config: true,
    timeoutSeconds: BACKGROUND_SECONDS,
  },
  'ask-approvers': {
    ...NOTHING,
    purpose: 'Takes the other steps of an approval: looks how it stands, asks people, records how it ended',
    state: ['PutItem', 'BatchGetItem', 'GetItem'],
    events: ['PutItem', 'GetItem'],
    objects: ['PutObject', 'GetObject'],
    removesSealed: true,
    workflow: ['wake'],
    ownSecrets: ['slack'],
    sendsMail: true,
    maskingKeys: 'read',
    config: true,
    timeoutSeconds: STEP_SECONDS,
  },
  'decide-approval': {
    ...NOTHING,
    purpose: 'Answers people who decide: by REST, by the page and its login, in Slack',
    routes: [
      ...(['listApprovals', 'readApproval', 'decideApproval', 'slackInteraction'] as const),
      ...(['approvalPage', 'decideOnPage', 'beginLogin', 'finishLogin'] as const),
    ],
    state: ['PutItem', 'BatchGetItem', 'GetItem'],
    counts: ['refused/*'],
    stateIndex: ['Query'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    workflow: ['wake'],
    ownSecrets: ['login', 'slack'],
    maskingKeys: 'read',
    config: true,
  },
  'reveal-operation': {
    ...NOTHING,
    purpose: 'Shows an operation without masks to a person who has logged in',
    routes: ['revealOnPage'],
    state: ['BatchGetItem'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    sealing: 'open',
    maskingKeys: 'read',
    config: true,
  },
  'read-calls': {
    ...NOTHING,
    purpose: 'Tells agents how their calls stand, also while they wait',
    routes: ['readCall', 'readCallResponse'],
    state: ['BatchGetItem'],
    counts: ['refused/*', 'used/*'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    tokenKeys: 'read',
    maskingKeys: 'read',
    config: true,
    // Whoever waits holds one: those who wait must not starve the others.
    reservedConcurrency: 20,
  },
  operate: {
    ...NOTHING,
    purpose: 'Answers people who operate the broker: agents, tasks, strangers',
    routes: [
      ...(['listAgents', 'readAgent', 'listTasks', 'listUnknownAgents', 'listRefusedTokens'] as const),
      ...(['quarantineAgent', 'disableAgent', 'reinstateAgent', 'attestAgent', 'revokeTask'] as const),
    ],
    state: ['PutItem', 'BatchGetItem', 'GetItem', 'Query'],
    counts: ['refused/*', 'revoke/*'],
    stateIndex: ['Query'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    workflow: ['wake'],
    maskingKeys: 'read',
    config: true,
  },
  'read-events': {
    ...NOTHING,
    purpose: 'Reads the audit: events of a task, and of a span of time',
    routes: ['readEvents', 'readTaskEvents'],
    counts: ['refused/*'],
    events: ['PutItem', 'Query', 'BatchGetItem'],
    eventsIndex: ['Query'],
    objects: ['GetObject'],
    maskingKeys: 'read',
    config: true,
  },
  reconcile: {
    ...NOTHING,
    purpose: 'Ends calls that were left hanging, and asks again for denies that may not be in place',
    state: ['PutItem', 'BatchGetItem', 'GetItem', 'Query'],
    counts: ['revoke/*'],
    stateIndex: ['Query'],
    events: ['PutItem', 'GetItem'],
    objects: ['PutObject', 'GetObject'],
    removesSealed: true,
    workflow: ['start', 'wake'],
    config: true,
    timeoutSeconds: BACKGROUND_SECONDS,
  },
  'revoke-sessions': {
    ...NOTHING,
    purpose: 'Revokes sessions: makes the deny on each role fit what is over',
    state: ['PutItem', 'BatchGetItem', 'GetItem', 'Query'],
    counts: ['revoke/*'],
    events: ['PutItem'],
    objects: ['PutObject', 'GetObject'],
    writesDenies: true,
    stateStream: true,
    timeoutSeconds: BACKGROUND_SECONDS,
  },
  'rotate-keys': {
    ...NOTHING,
    purpose: 'Rotates the keys that task tokens and pseudonyms are made with',
    tokenKeys: 'rotate',
    maskingKeys: 'rotate',
    timeoutSeconds: BACKGROUND_SECONDS,
  },
  front: {
    ...NOTHING,
    purpose: 'Answers what is public, and everything that no other function answers',
    routes: ['health', 'openApi', 'protectedResource'],
    config: true,
  },
} as const satisfies Record<string, FunctionDesign>;

export type FunctionName = keyof typeof FUNCTIONS;

/** The same table, seen as its rows' common type. */
export const DESIGNS: Readonly<Record<FunctionName, FunctionDesign>> = FUNCTIONS;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

/** As resources and outputs are named: `open-task` is `OpenTask`. */
export function logicalName(name: FunctionName): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
