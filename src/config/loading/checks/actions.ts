// The actions of a capability: whether IAM knows them, whether one mints what outlives the session, or does more than is said.
import {
  coveredBy,
  isBeyondEffect,
  LEVELS,
  type Level,
  MINTING,
  mintedBy,
  type PublishedActions,
  unknownIn,
  WARNED,
} from '../../iam/index.ts';
import { type Capability, type Fault, IMPACTS } from '../../model.ts';
import { entriesAt, itemsAt, type Path, textAt, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import type { Findings } from './common.ts';

/** As many are named; the rest is counted. */
const NAMED = 3;

/** The schema's business where it is not. */
const IS_ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?-]+$/u;

function unknownProblem(action: string, published: PublishedActions): string | undefined {
  const unknown = unknownIn(action, published);
  if (unknown === undefined) return undefined;
  const { what, meant } = unknown;
  const list = `IAM's actions as AWS published them on ${published.date}`;
  const problem =
    what === 'service'
      ? `${quoted(action)} begins with no service among ${list}`
      : /[*?]/u.test(action)
        ? `${quoted(action)} covers none of ${list}`
        : `${quoted(action)} is none of ${list}`;
  return meant === undefined
    ? `${problem}; if it is newer than that, it is right all the same`
    : `${problem}; did you mean ${quoted(meant)}?`;
}

function namesOf(actions: readonly string[]): string {
  const named = actions.slice(0, NAMED).map(quoted).join(', ');
  const left = actions.length - NAMED;
  return left > 0 ? `${named} and ${left} more` : named;
}

function mintingProblem(action: string): string | undefined {
  const minted = mintedBy(action, MINTING);
  const [first] = minted;
  if (first === undefined) return undefined;
  const exact = minted.length === 1 && first.action.toLowerCase() === action.toLowerCase();
  const actions = minted.map((one) => one.action);
  const why = `mints what outlives the session: ${first.gives}`;
  return exact
    ? `${quoted(action)} ${why}. Take it out, or make the capability \`admin\``
    : minted.length === 1
      ? `${quoted(action)} covers ${namesOf(actions)}, which ${why}. Name the actions that are needed one by one, or make the capability \`admin\``
      : `${quoted(action)} covers ${namesOf(actions)}, which mint what outlives the session (${first.action}: ${first.gives}). Name the actions that are needed one by one, or make the capability \`admin\``;
}

function warnedProblem(action: string): string | undefined {
  const [first] = mintedBy(action, WARNED);
  if (first === undefined) return undefined;
  const what =
    first.action.toLowerCase() === action.toLowerCase() ? '' : ` covers ${quoted(first.action)}, which`;
  return `${quoted(action)}${what} gives ${first.gives}: revoking the session does not end it sooner`;
}

const DOES: Readonly<Partial<Record<Level, readonly [one: string, several: string]>>> = {
  Write: ['writes', 'write'],
  Tagging: ['sets tags', 'set tags'],
  'Permissions management': ['manages permissions', 'manage permissions'],
};

type Says = Pick<Capability, 'effect' | 'impacts'>;

function beyondProblem(action: string, says: Says, published: PublishedActions): string | undefined {
  const beyond = coveredBy(action, published).filter((one) => isBeyondEffect(one, says));
  const [first] = beyond;
  if (first === undefined) return undefined;
  const exact = first.action.toLowerCase() === action.toLowerCase();
  const levels = LEVELS.filter((level) => beyond.some((one) => one.level === level));
  const does = levels.map((level) => DOES[level]?.[beyond.length === 1 ? 0 : 1]).join(', ');
  const what = exact
    ? `${quoted(action)} ${does}`
    : `${quoted(action)} covers ${namesOf(beyond.map((one) => one.action))}, which ${does}`;
  const less = exact ? 'Take it out' : 'Name the actions that are needed one by one';
  const grant = levels.includes('Permissions management') ? ' with the impact `grant`' : '';
  const [differs, more] =
    says.effect === 'read'
      ? ['says `read`', `make the capability \`write\`${grant}`]
      : ['says `write` without the impact `grant`', 'add that impact'];
  return `${what} by AWS's access levels, and the capability ${differs}. ${less}, or ${more}`;
}

/** What can be read of it; of anything else than these two, no action is beyond. */
function saysOf({ data }: Source, capability: Path): Says | undefined {
  const effect = textAt(data, [...capability, 'effect']);
  if (effect !== 'read' && effect !== 'write') return undefined;
  const impacts = textsAt(data, [...capability, 'impacts']).map(({ text }) => text);
  return { effect, impacts: IMPACTS.filter((impact) => impacts.includes(impact)) };
}

interface Place {
  readonly text: string;
  readonly path: Path;
}

/** Each well-formed action of its statements, and where it stands. */
function actionsOf({ data }: Source, capability: Path): readonly Place[] {
  return itemsAt(data, [...capability, 'statements'])
    .flatMap((_, index) => textsAt(data, [...capability, 'statements', index, 'actions']))
    .filter(({ text }) => IS_ACTION.test(text));
}

/** Only `admin`, which people approve knowing what it is, may hold actions that mint. */
function checkActions(source: Source, capability: Path, published: PublishedActions): Findings {
  const says = saysOf(source, capability);
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  for (const { text, path } of actionsOf(source, capability)) {
    const warn = (problem: string | undefined) => {
      if (problem !== undefined) warnings.push(faultAt(source, path, problem));
    };
    warn(unknownProblem(text, published));
    if (says === undefined) continue;
    warn(warnedProblem(text));
    const minting = mintingProblem(text);
    if (minting !== undefined) faults.push(faultAt(source, path, minting));
    // Whatever mends the fault takes the action out or changes the effect.
    else warn(beyondProblem(text, says, published));
  }
  return { faults, warnings };
}

export function hasStatements({ data }: Source): boolean {
  return entriesAt(data, ['capabilities']).some(
    ([name]) => itemsAt(data, ['capabilities', name, 'statements']).length > 0,
  );
}

/** Of every capability of a target. */
export function checkAllActions(source: Source, published: PublishedActions): readonly Findings[] {
  return entriesAt(source.data, ['capabilities']).map(([name]) =>
    checkActions(source, ['capabilities', name], published),
  );
}
