// An agent's reach, as somebody reads it who decides whether the agent may be deployed.
import type {
  NotAws,
  Reach,
  ReachedAction,
  ReachedCapability,
  ReachedStatement,
  ReachedTarget,
} from '../../agents/reach/index.ts';
import type { HttpRoute } from '../../config/index.ts';
import { wrapped } from '../print/columns.ts';
import { oneLine } from '../print/safe.ts';
import { blocks, fields } from '../print/table.ts';
import { lengthOf } from '../print/times.ts';

type Field = readonly [label: string, value: string | readonly string[] | undefined];

/** The longest label and the gap behind it: `capability  `. */
const LABEL_COLUMNS = 14;
/** Narrower lines would hold a word each. */
const LEAST_COLUMNS = 24;

/** So many names of what only reads; one can guess the rest. */
const NAMED_READS = 6;
/** So many of what changes something. */
const NAMED_CHANGES = 30;
const LEVEL_NAMES = ['List', 'Read', 'Write', 'Tagging', 'Permissions management', 'unknown'] as const;
type LevelName = (typeof LEVEL_NAMES)[number];

const LABELS: Readonly<Record<LevelName, string>> = {
  List: 'lists',
  Read: 'reads',
  Write: 'writes',
  Tagging: 'tags',
  'Permissions management': 'permits',
  unknown: 'unknown',
};

const IN_WORDS: Readonly<Record<LevelName, string>> = {
  List: 'list',
  Read: 'read',
  Write: 'write',
  Tagging: 'tag',
  'Permissions management': 'manage permissions',
  unknown: 'not known to IAM',
};

/** Each once, whatever capabilities of a target hold it. */
function distinct(actions: readonly ReachedAction[]): readonly ReachedAction[] {
  return [...new Map(actions.map((one) => [one.action, one])).values()];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function named(actions: readonly ReachedAction[], most: number): string {
  const names = actions.slice(0, most).map(({ action }) => action);
  const left = actions.length - names.length;
  return left > 0 ? `${names.join(', ')} and ${left} more` : names.join(', ');
}

function serviceOf({ action }: ReachedAction): string {
  return action.replace(/:.*$/u, '');
}

/** Where there are too many to name, of several services, how many of each. */
function folded(actions: readonly ReachedAction[], most: number): string {
  const services = [...Map.groupBy(actions, serviceOf)];
  return actions.length > most && services.length > 1
    ? services.map(([service, found]) => `${found.length} of ${service}`).join(', ')
    : named(actions, most);
}

function levelFields(actions: readonly ReachedAction[], width: number): readonly Field[] {
  return LEVEL_NAMES.flatMap((name): readonly Field[] => {
    const found = actions.filter(({ level }) => level === name);
    if (found.length === 0) return [];
    const most = name === 'List' || name === 'Read' ? NAMED_READS : NAMED_CHANGES;
    const count = found.length === 1 ? '' : `${found.length}: `;
    return [[LABELS[name], lines(`${count}${folded(found, most)}`, width)]];
  });
}

function lines(text: string, width: number): readonly string[] {
  return wrapped(oneLine(text), Math.max(LEAST_COLUMNS, width - LABEL_COLUMNS));
}

/** Each reason once, with the actions that it is of. */
function reasonField(
  label: string,
  actions: readonly ReachedAction[],
  reasonOf: (action: ReachedAction) => string | undefined,
  width: number,
): Field {
  const reasons = Map.groupBy(actions, reasonOf);
  const told = [...reasons].flatMap(([reason, found]) =>
    reason === undefined ? [] : [`${reason}: ${named(found, NAMED_CHANGES)}`],
  );
  return [label, told.flatMap((text) => lines(text, width))];
}

function conditionLines(conditions: ReachedStatement['conditions'], width: number): readonly string[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) =>
      lines(`${operator} ${key}: ${[value].flat().join(' or ')}`, width),
    ),
  );
}

function statementFields(
  { written, actions, resources, conditions }: ReachedStatement,
  width: number,
): readonly Field[] {
  // What is written out needs no second list; what is a pattern is told by what it covers.
  const isPattern = written.some((one) => /[*?]/u.test(one));
  return [
    ['may', isPattern ? lines(written.join(', '), width) : undefined],
    ...levelFields(actions, width),
    ['on', resources.flatMap((one) => lines(one, width))],
    ['if', conditionLines(conditions, width)],
    reasonField('outlives', actions, ({ mints }) => mints, width),
    reasonField('escalates', actions, ({ escalates }) => escalates, width),
  ];
}

function placesOf({ boundTo }: ReachedCapability): string {
  if (boundTo === undefined) return 'anywhere';
  const { sourceIps = [], vpcEndpoints = [], callerAddress } = boundTo;
  const places = [
    ...sourceIps,
    ...vpcEndpoints,
    ...(callerAddress === true ? ['where it is asked for'] : []),
  ];
  return places.join(', ');
}

function effectOf({ effect, impacts }: ReachedCapability | NotAws['capabilities'][number]): string {
  return [effect, ...impacts].join(', ');
}

/** Where the operator's word and what is listed under it differ. */
function difference({ effect, beyondEffect }: ReachedCapability): string | undefined {
  if (beyondEffect.length === 0) return undefined;
  const shown = beyondEffect.slice(0, NAMED_READS).join(', ');
  const left = beyondEffect.length - NAMED_READS;
  const does =
    effect === 'read' ? 'it says `read`, which changes nothing' : 'it says `write` without `grant`';
  return `${does}, and holds ${shown}${left > 0 ? ` and ${left} more` : ''}`;
}

function capabilityBlock(one: ReachedCapability, width: number): readonly string[] {
  const beyond = difference(one);
  const parameters = Object.entries(one.parameters).map(([name, { pattern }]) => `${name}: ${pattern}`);
  return fields([
    ['capability', one.capability],
    ['effect', effectOf(one)],
    ['for', one.description === undefined ? undefined : lines(one.description, width)],
    ['parameters', parameters.flatMap((text) => lines(text, width))],
    ['session', `at most ${lengthOf(one.sessionSeconds)}, from ${placesOf(one)}`],
    ...one.statements.flatMap((statement) => statementFields(statement, width)),
    ['but', beyond === undefined ? undefined : lines(beyond, width)],
  ]);
}

function targetBlocks(target: ReachedTarget, width: number): readonly (readonly string[])[] {
  const head = fields([
    ['target', `${target.target} (${target.environment}, ${target.sensitivity})`],
    ['owner', `${target.owner.team}, ${target.owner.email}`],
    ['role', target.roleArn],
  ]);
  return [head, ...target.capabilities.map((one) => capabilityBlock(one, width))];
}

/** Whatever else the route says: that it says it. */
function routeText({ route, query, body }: HttpRoute): string {
  const ruled = [query === undefined ? [] : ['query'], body === undefined ? [] : ['body']].flat();
  return ruled.length === 0 ? route : `${route} (by rules for its ${ruled.join(' and ')})`;
}

function mayLines(one: NotAws['capabilities'][number], width: number): readonly string[] {
  const routes = (one.routes ?? []).flatMap((route) => lines(routeText(route), width - 2));
  return [`${one.capability}: ${effectOf(one)}`, ...routes.map((line) => `  ${line}`)];
}

function otherBlock(other: NotAws, width: number): readonly string[] {
  return fields([
    ['target', `${other.target} (${other.environment}, ${other.sensitivity})`],
    ['kind', `${other.kind}, ${other.says}`],
    ['may', other.capabilities.flatMap((one) => mayLines(one, width))],
  ]);
}

function totalOf({ targets }: Reach): string {
  const all = targets.flatMap(({ capabilities }) =>
    distinct(capabilities.flatMap(({ statements }) => statements.flatMap(({ actions }) => actions))),
  );
  const levels = LEVEL_NAMES.flatMap((name) => {
    const count = all.filter(({ level }) => level === name).length;
    return count === 0 ? [] : [`${count} ${IN_WORDS[name]}`];
  });
  const of = `${counted(all.length, 'action', 'actions')} on ${counted(targets.length, 'target', 'targets')}`;
  return levels.length === 0 ? of : `${of}: ${levels.join(', ')}`;
}

function standingOut({ targets }: Reach, mark: 'mints' | 'escalates'): string {
  const actions = targets.flatMap(({ capabilities }) =>
    capabilities.flatMap(({ statements }) => statements.flatMap((statement) => statement.actions)),
  );
  return named(distinct(actions.filter(({ marks }) => marks.includes(mark))), NAMED_CHANGES) || 'none';
}

function adminOf({ targets }: Reach): string {
  const admin = targets.flatMap(({ capabilities }) =>
    capabilities.filter(({ effect }) => effect === 'admin'),
  );
  return admin.map(({ capability }) => capability).join(', ') || 'none';
}

const WHAT_IT_IS =
  'The most it could ever do on AWS, whatever it is asked to do and whatever policies and people say to it. A session gets the capabilities that it was asked for, with their parameters put in, and ends with its task. The role may allow less, never more.';

function headLines(reach: Reach, width: number): readonly string[] {
  const { id, purpose, owner, environment, maxTaskSeconds, reviewBy, from } = reach.agent;
  return fields([
    ['agent', id],
    ['purpose', lines(purpose, width)],
    ['owner', `${owner.team}, ${owner.email}`],
    ['environment', environment],
    ['longest task', lengthOf(maxTaskSeconds)],
    ['calls from', from === undefined ? 'anywhere' : from.join(', ')],
    ['review by', reviewBy],
    ['in all', lines(totalOf(reach), width)],
    ['admin', lines(adminOf(reach), width)],
    ['outlives', lines(standingOut(reach, 'mints'), width)],
    ['escalates', lines(standingOut(reach, 'escalates'), width)],
    ['delegating', lines(reach.delegation, width)],
    ['config', reach.configDigest],
    ['IAM', `its actions as AWS published them on ${reach.published}`],
  ]);
}

export function reachLines(reach: Reach, width: number): readonly string[] {
  return blocks([
    headLines(reach, width),
    wrapped(WHAT_IT_IS, Math.max(LEAST_COLUMNS, width)),
    ...reach.targets.flatMap((target) => targetBlocks(target, width)),
    ...reach.others.map((other) => otherBlock(other, width)),
  ]);
}
