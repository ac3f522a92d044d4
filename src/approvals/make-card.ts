// Makes the card of an approval from what the broker knows of it: every word that is not the broker's own made visible.
import type { Effect, Impact } from '../config/index.ts';
import type { Parameters, Requester } from '../tasks/index.ts';
import type { Card, Fact, Part, Shown } from './card.ts';
import type { Needed } from './model.ts';
import { neededWords } from './needed-words.ts';
import { plainTime } from './plain-time.ts';
import { visible, withThousands } from './visible.ts';

export interface CardOwner {
  readonly team: string;
  readonly email: string;
  readonly group?: string;
}

export interface CardOperation {
  /** `target:capability`. */
  readonly capability: string;
  readonly effect: Effect;
  readonly impacts: readonly Impact[];
  /** From the files. */
  readonly description?: string;
  readonly parameters: Parameters;
  /** The route of the target's file that it comes under. */
  readonly http?: { readonly method: string; readonly route: string };
  /** Whether it asks for more than a read may give. */
  readonly isExport: boolean;
}

export interface CardInput {
  readonly approval: { readonly id: string; readonly expiresAt: string; readonly needed: Needed };
  readonly agent: {
    readonly id: string;
    readonly environment: string;
    /** From the files. */
    readonly purpose: string;
    readonly owner?: CardOwner;
  };
  readonly requester?: Requester;
  /** Its purpose is the agent's words. */
  readonly task: {
    readonly id: string;
    readonly purpose: string;
    readonly openedAt: string;
    readonly expiresAt: string;
  };
  /** Why, in the agent's words. */
  readonly reason?: string;
  /** The tasks above, the root first. */
  readonly chain: readonly { readonly task: string; readonly agent: string; readonly owner?: CardOwner }[];
  readonly target: {
    readonly id: string;
    readonly kind: string;
    readonly environment: string;
    readonly sensitivity: string;
    readonly owner: CardOwner;
  };
  readonly operations: readonly CardOperation[];
  /** The exact operation, masked: for HTTP the request line, headers and body; or what is said of it where it is binary. */
  readonly exact: string;
  /** Whether that is all of it. */
  readonly exactIsWhole: boolean;
  readonly resources: readonly string[];
  /** What was masked in it, by type. */
  readonly data: readonly string[];
  /** With what credential or role it will be done, in words. */
  readonly identity: string;
  /** Ids of those that ask for people. */
  readonly policies: readonly string[];
  readonly preview?: readonly string[];
  readonly wayBack?: string;
}

/** Header blocks in Slack take no more. */
const MOST_TITLE = 150;
const MOST_VALUE = 400;
const MOST_VALUES = 25;
const MOST_WORDS = 1200;
const MOST_OPERATION = 12_000;
const MOST_WARNINGS = 16;

const EFFECTS: Readonly<Record<Effect, string>> = {
  read: 'read: looks, and changes nothing',
  write: 'write: changes something',
  admin: 'admin: changes how things work, or who may do what',
};
const IMPACT_WORDS: Readonly<Record<Impact, string>> = {
  export: 'export: takes out more than a read may',
  public: 'public: can be seen by people outside',
  grant: 'grant: gives somebody access',
  destroy: 'destroy: what it removes or stops does not come back by itself',
};
const STRENGTH: readonly Effect[] = ['read', 'write', 'admin'];

/** Collects facts, and what there is to tell of the texts in them. */
class Draft {
  readonly facts: Fact[] = [];
  readonly warnings: string[] = [];

  /** Text of one line, made visible. */
  line(subject: string, text: string, most = MOST_VALUE): string {
    const { text: shown, warnings } = visible(text, { most, lines: 'one' });
    this.warn(...warnings.map((warning) => `${subject}: ${warning}`));
    return shown === '' ? '(empty)' : shown;
  }

  text(subject: string, text: string, most: number): Shown {
    const { text: shown, characters, isComplete, warnings } = visible(text, { most, lines: 'many' });
    this.warn(...warnings.map((warning) => `${subject}: ${warning}`));
    return { text: shown === '' ? '(empty)' : shown, characters, isComplete };
  }

  fact(part: Part, name: string, values: readonly string[]): void {
    const distinct = [...new Set(values)];
    const more = distinct.length - MOST_VALUES;
    const shown = distinct.slice(0, more > 0 ? MOST_VALUES - 1 : MOST_VALUES);
    if (more > 0) {
      const left = withThousands(distinct.length - shown.length);
      this.warn(`${name}: ${left} of ${withThousands(distinct.length)} are not shown`);
      this.facts.push({ part, name, values: [...this.lines(name, shown), `and ${left} more, not shown`] });
    } else if (distinct.length > 0) {
      this.facts.push({ part, name, values: this.lines(name, shown) });
    }
  }

  warn(...warnings: readonly string[]): void {
    for (const warning of warnings) if (!this.warnings.includes(warning)) this.warnings.push(warning);
  }

  private lines(name: string, values: readonly string[]): readonly string[] {
    return values.map((value) => this.line(name, value));
  }
}

function ownerWords({ team, email, group }: CardOwner): string {
  return `${team}, ${email}${group === undefined ? '' : `, group ${group}`}`;
}

function strongest(operations: readonly CardOperation[]): Effect {
  const effects = operations.map(({ effect }) => effect);
  // What has no operation that is known of is shown as the worst.
  return STRENGTH.findLast((effect) => effects.includes(effect)) ?? 'admin';
}

function impactsOf(operations: readonly CardOperation[]): readonly Impact[] {
  const all = operations.flatMap(({ impacts, isExport }): readonly Impact[] =>
    isExport ? ['export', ...impacts] : impacts,
  );
  return [...new Set(all)].sort();
}

function operationName({ capability, http }: CardOperation): string {
  return http === undefined ? capability : `${http.method} ${http.route}`;
}

function titleOf({ operations, target }: CardInput): string {
  const [first, ...others] = operations;
  const kinds = [strongest(operations), ...impactsOf(operations)].join(', ');
  const what = first === undefined ? 'an operation' : operationName(first);
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  const text = `${kinds.charAt(0).toUpperCase()}${kinds.slice(1)}: ${what}${more} on ${target.id}, ${target.environment}`;
  return visible(text, { most: MOST_TITLE, lines: 'one' }).text;
}

function requestedFor(requester: Requester | undefined): string {
  if (requester === undefined) return 'nobody is named';
  return requester.proven
    ? `${requester.id} (proven by their own token)`
    : 'not proven: whom the agent names stands among its own words';
}

function tellWho(draft: Draft, { agent, requester, chain }: CardInput): void {
  draft.fact('who', 'Agent', [`${agent.id}, ${agent.environment}`]);
  draft.fact('who', 'It is for', [agent.purpose]);
  if (agent.owner !== undefined) draft.fact('who', 'Its owner', [ownerWords(agent.owner)]);
  draft.fact('who', 'On behalf of', [requestedFor(requester)]);
  draft.fact(
    'who',
    'Delegated by',
    chain.map(({ agent: id, task, owner }, place) => {
      const of = owner === undefined ? '' : ` (${ownerWords(owner)})`;
      return `${place + 1}. ${id}${of}, ${task}`;
    }),
  );
}

function tellWhat(draft: Draft, { operations, target, resources, data, preview }: CardInput): void {
  draft.fact('what', 'Effect', [
    EFFECTS[strongest(operations)],
    ...impactsOf(operations).map((impact) => IMPACT_WORDS[impact]),
  ]);
  draft.fact('what', 'Preview', preview ?? []);
  draft.fact('what', 'Target', [
    `${target.id}, ${target.kind}, ${target.environment}, ${target.sensitivity}`,
    `Owner: ${ownerWords(target.owner)}`,
  ]);
  draft.fact(
    'what',
    'Operation',
    operations.map((operation) => {
      const { capability, effect, http, description } = operation;
      const route = http === undefined ? '' : `, ${operationName(operation)}`;
      return `${capability} (${effect})${route}${description === undefined ? '' : `: ${description}`}`;
    }),
  );
  draft.fact(
    'what',
    'Parameters',
    operations.flatMap(({ capability, parameters }) =>
      Object.entries(parameters).map(
        ([name, value]) => `${operations.length > 1 ? `${capability} ` : ''}${name} = ${value}`,
      ),
    ),
  );
  draft.fact('what', 'Resources', resources);
  draft.fact('what', 'Masked in it', data.length === 0 ? ['nothing'] : data);
}

function tellBasis(draft: Draft, { identity, policies, approval, task }: CardInput): void {
  draft.fact('basis', 'Needs', [neededWords(approval.needed)]);
  draft.fact('basis', 'Expires', [plainTime(approval.expiresAt)]);
  draft.fact('basis', 'Done with', [identity]);
  draft.fact('basis', 'Policies that ask', policies.length === 0 ? ['none by name'] : policies);
  draft.fact('basis', 'Task', [
    task.id,
    `Opened ${plainTime(task.openedAt)}`,
    `Ends ${plainTime(task.expiresAt)}`,
  ]);
  draft.fact('basis', 'Approval', [approval.id]);
}

function wayBackOf({ wayBack, operations }: CardInput, draft: Draft): string {
  if (wayBack !== undefined) return draft.line('Way back', wayBack);
  if (strongest(operations) !== 'read') return 'Cannot be undone';
  return impactsOf(operations).length === 0
    ? 'Reads only: nothing to take back'
    : 'Cannot be undone: what has been given out stays given out';
}

/** An address in them is not to become a link by itself, in a mail that asks for a click. */
function wordsOf(draft: Draft, name: string, said: string): Card['words'][number] {
  const { text, ...shown } = draft.text(`The agent's words (${name})`, said, MOST_WORDS);
  const address = /:\/\/|\bwww\./i;
  if (address.test(text)) {
    draft.warn(
      `The agent's words (${name}): has an address. It is not the broker's: do not follow it to decide`,
    );
  }
  return { name, text: { ...shown, text: text.replaceAll('://', ':⟨U+002F⟩/') } };
}

export function cardOf(input: CardInput): Card {
  const draft = new Draft();
  draft.warn(...impactsOf(input.operations).map((impact) => IMPACT_WORDS[impact]));
  if (input.agent.environment !== input.target.environment) {
    draft.warn('The agent and the target are not of the same environment');
  }
  if (!input.exactIsWhole) draft.warn('The operation: not all of it can be shown here');
  const operation = draft.text('The operation', input.exact, MOST_OPERATION);
  tellWhat(draft, input);
  tellWho(draft, input);
  tellBasis(draft, input);
  const wayBack = wayBackOf(input, draft);
  const words = [
    wordsOf(draft, 'What the task is for', input.task.purpose),
    ...(input.reason === undefined ? [] : [wordsOf(draft, 'Why this is needed', input.reason)]),
    ...(input.requester?.proven === false ? [wordsOf(draft, 'Whom it is for', input.requester.id)] : []),
  ];
  const more = draft.warnings.length - MOST_WARNINGS;
  return {
    title: titleOf(input),
    effect: strongest(input.operations),
    facts: draft.facts,
    operation: { ...operation, isComplete: operation.isComplete && input.exactIsWhole },
    warnings: [
      ...draft.warnings.slice(0, MOST_WARNINGS),
      ...(more > 0 ? [`${more} more such texts: read every line with care`] : []),
    ],
    wayBack,
    words,
  };
}
