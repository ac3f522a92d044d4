// What policies ask for that nothing has: attributes, and words that an attribute can never be. Cedar's validator minds
// neither a `has` with a name that does not exist, nor what stands behind one, and does not know the words.
import type { Config } from '../config/index.ts';
import { NO_SUCH_GROUP } from './check-entities.ts';
import { type Finding, linesOf, listed, literally, quoted, suggest } from './check-findings.ts';
import { attributesOf, type Chain, type Note, readConditions } from './check-tree.ts';
import { type Types, typesOf } from './check-types.ts';
import type { ParsedPolicy } from './policies.ts';
import { NOBODY } from './schema.ts';

const PARAMETERS = 'context.operation.parameters';
const APPROVERS = 'context.approvals.of';

// Every spelling of a step: `.name`, `["name"]`, `has name`, `has "name"`, and brackets around what comes before.
const STEP = '[\\s.["\\])]+(?:has[\\s"]+)?';

function patternOf({ root, names }: Chain): string {
  const begin = root === '' ? '' : `\\b${literally(root)}`;
  return `${begin}${names.map((name) => `${STEP}${literally(name)}`).join('')}(?!\\w)`;
}

const textOf = ({ root, names }: Chain) => [root === '' ? '(…)' : root, ...names].join('.');

/** What there is instead, where no name comes close. */
function otherwise(base: string, known: readonly string[]): string {
  if (base === PARAMETERS) return 'no capability declares a parameter of that name';
  if (base === APPROVERS) return NO_SUCH_GROUP;
  if (base === 'context' && known.length === 0) return 'what people do has no context';
  return known.length === 0 ? 'it has none' : `it has ${listed(known)}`;
}

function missing(
  policy: ParsedPolicy,
  types: Types,
  { chain, on, name }: Note & { what: 'attribute' },
): Finding {
  const base = textOf(chain);
  const every = (attributesOf(types, on) ?? []).flatMap((attributes) => [...attributes.keys()]);
  const known = [...new Set(every)].sort();
  const noun = base === APPROVERS ? 'group' : 'attribute';
  const hint =
    base === APPROVERS && name === NOBODY
      ? 'nobody is ever in it'
      : suggest(name, known, otherwise(base, known));
  const names = [...chain.names, name];
  // Cedar names what a context lacks by its whole path, all else by its last part; a name that is none, in brackets.
  const inContext = [names.join('.'), `${chain.names.join('.')}["${name}"]`].map(
    (path) => `\`${path}\` in context`,
  );
  const said = [...inContext, `\`${name}\` on entity type`, `\`${name}\` not found`];
  return {
    policy,
    lines: linesOf(policy.piece, patternOf({ root: chain.root, names })),
    problem: `${base} has no ${noun} ${quoted(name)}: ${hint}`,
    isSaidBy: (message) => said.some((words) => message.includes(`attribute ${words}`)),
  };
}

function wrongWord(policy: ParsedPolicy, { chains, list, word, like }: Note & { what: 'word' }): Finding {
  const { what, words, more } = list;
  const text = `"${literally(word)}"`;
  const near = `(?:${chains.map(patternOf).join('|')})`;
  // On either side of the attribute, with nothing between them that begins another comparison.
  const pattern = `(?:(?<=${near}[^;&|]*?)${text}|${text}(?=[^;&|]*?${near}))`;
  const hint = suggest(word, words, `there are ${listed(words)}`);
  return {
    policy,
    lines: linesOf(policy.piece, pattern),
    problem: `there is no ${what} ${like ? 'like ' : ''}${quoted(word)}: ${hint}${more === undefined ? '' : ` (${more})`}`,
    isSaidBy: () => false,
  };
}

export function checkConditions(config: Config, policies: readonly ParsedPolicy[]): readonly Finding[] {
  const types = typesOf(config);
  return policies.flatMap((policy) => {
    const { conditions } = policy.facts;
    const notes = readConditions(
      conditions.map(({ body }) => body),
      types,
      types.scopeOf(policy.facts),
    );
    return notes.map((note) =>
      note.what === 'attribute' ? missing(policy, types, note) : wrongWord(policy, note),
    );
  });
}
