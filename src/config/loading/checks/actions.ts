// The actions of a capability: whether IAM knows them, and whether one mints what outlives the session.
import { MINTING, mintedBy, type PublishedActions, unknownIn, WARNED } from '../../iam/index.ts';
import type { Fault } from '../../model.ts';
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

/** Only `admin`, which people approve knowing what it is, may hold actions that mint. */
function checkActions(source: Source, capability: Path, published: PublishedActions): Findings {
  const effect = textAt(source.data, [...capability, 'effect']);
  const mayMint = effect !== 'read' && effect !== 'write';
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const places = itemsAt(source.data, [...capability, 'statements']).flatMap((_, index) =>
    textsAt(source.data, [...capability, 'statements', index, 'actions']),
  );
  for (const { text, path } of places.filter((place) => IS_ACTION.test(place.text))) {
    const unknown = unknownProblem(text, published);
    if (unknown !== undefined) warnings.push(faultAt(source, path, unknown));
    if (mayMint) continue;
    const minting = mintingProblem(text);
    if (minting !== undefined) faults.push(faultAt(source, path, minting));
    const warned = warnedProblem(text);
    if (warned !== undefined) warnings.push(faultAt(source, path, warned));
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
