// The functions of a deployment: what each answers, and what each may touch. Roles, routes and tests follow from it.
import { DIGESTS_PREFIX, EVENTS_PREFIX, STRAYS_PREFIX } from '../src/audit/index.ts';
import type { FunctionDesign } from './function-design.ts';

/** A synchronous call has 25 s of work; 29 s is where API Gateway ends it. */
const SYNCHRONOUS_SECONDS = 29;
const BACKGROUND_SECONDS = 60;
/** For what may come in a flood, and is of no use half done. */
const PATIENT_SECONDS = 300;
/** Lambda gives no function longer. */
const LONGEST_SECONDS = 900;
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
  eventsStream: false,
  leases: [],
  archives: [],
  readsArchive: false,
  signs: false,
  reportsFindings: false,
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
    // What it sealed and could not put before anybody.
    removesSealed: true,
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
    // What it sealed and could not put before anybody.
    removesSealed: true,
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
  'archive-events': {
    ...NOTHING,
    purpose: 'Archives what is written into the audit, and tells of what is changed there',
    events: ['PutItem'],
    objects: ['GetObject'],
    eventsStream: true,
    archives: [EVENTS_PREFIX, STRAYS_PREFIX],
    reportsFindings: true,
    config: true,
    timeoutSeconds: PATIENT_SECONDS,
    leastMegabytes: 1024,
  },
  'sign-digest': {
    ...NOTHING,
    purpose:
      'Every hour, compares the audit with its archive, fills what is missing, and signs what is there',
    leases: ['archive/*'],
    events: ['PutItem', 'GetItem', 'BatchGetItem'],
    eventsIndex: ['Query'],
    objects: ['GetObject'],
    archives: [EVENTS_PREFIX, STRAYS_PREFIX, DIGESTS_PREFIX],
    readsArchive: true,
    signs: true,
    reportsFindings: true,
    config: true,
    timeoutSeconds: LONGEST_SECONDS,
    leastMegabytes: 2048,
    // A single writer; its lease would turn a second one away as well.
    reservedConcurrency: 1,
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

export type { FunctionDesign } from './function-design.ts';
export type FunctionName = keyof typeof FUNCTIONS;

/** The same table, seen as its rows' common type. */
export const DESIGNS: Readonly<Record<FunctionName, FunctionDesign>> = FUNCTIONS;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

/** As resources and outputs are named: `open-task` is `OpenTask`. */
export function logicalName(name: FunctionName): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
