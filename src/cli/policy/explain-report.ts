// An explanation in words, for a terminal.
import {
  allInWords,
  approvalsInWords,
  type Decision,
  type Explained,
  type ExplainedPolicy,
  type Unmet,
  valueInWords,
} from '../../policy/index.ts';
import { wrapped } from '../print/columns.ts';
import { oneLine } from '../print/safe.ts';
import type { Gap, Judged } from './explain-structure.ts';

/** A line, and how far in it begins. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

/** Wherever a terminal is narrower than an indented word, it is not wrapped any narrower. */
const NARROWEST = 20;

/** What others chose stays one line of text, and goes on below itself where it is too long. */
function laidOut(lines: readonly Line[], width: number): readonly string[] {
  return lines.flatMap(({ indent, text }) => {
    const bullet = text.startsWith('- ') ? '- ' : '';
    const first = ' '.repeat(indent) + bullet;
    const parts = wrapped(oneLine(text.slice(bullet.length)), Math.max(NARROWEST, width - first.length));
    return parts.map((part, place) => `${place === 0 ? first : ' '.repeat(first.length)}${part}`.trimEnd());
  });
}

const line = (indent: number, text: string): Line => ({ indent, text });

export function decisionInWords({ outcome, code, approvals }: Omit<Decision, 'configDigest'>): string {
  if (outcome === 'allowed') return 'allowed';
  if (outcome === 'denied') return code === undefined ? 'denied' : `denied (${code})`;
  return approvals === undefined ? 'needs approval' : `needs ${approvalsInWords(approvals)}`;
}

/** More than this of a policy is looked up in its file. */
const MOST_SOURCE_LINES = 12;

function sourceLines({ text, file, line: at }: ExplainedPolicy): readonly Line[] {
  const source = text.split(/\r?\n/);
  const shown = source.slice(0, MOST_SOURCE_LINES).map((one) => {
    const bare = one.trimStart();
    return line(4 + (one.length - bare.length), bare);
  });
  const left = source.length - shown.length;
  return left > 0 ? [...shown, line(4, `… ${left} more lines: ${file}:${at}`)] : shown;
}

/** More alternatives than these are looked up in the policy itself. */
const MOST_WAYS = 12;

function unmetLines(unmet: Unmet, indent: number): readonly Line[] {
  if (!('anyOf' in unmet)) {
    const untold = unmet.untold ? ['only then looked at'] : [];
    const error = unmet.error === undefined ? [] : [`errs: ${unmet.error}`];
    const why = [...untold, ...error, ...unmet.values.map(valueInWords)].join(', ');
    return [line(indent, `- ${unmet.text}${why === '' ? '' : `   (${why})`}`)];
  }
  return [
    line(indent, '- one of:'),
    ...unmet.anyOf.slice(0, MOST_WAYS).flatMap((way) => {
      const [only] = way;
      return way.length === 1 && only !== undefined
        ? unmetLines(only, indent + 2)
        : [line(indent + 2, `- ${allInWords(way)}`)];
    }),
    ...(unmet.anyOf.length > MOST_WAYS
      ? [line(indent + 2, `- ${unmet.anyOf.length - MOST_WAYS} other ways`)]
      : []),
  ];
}

function howItStands({ says, id, approvals, remaining, hopeless, decided }: ExplainedPolicy): string {
  const answered = approvals !== undefined && remaining.length === 0;
  if (says === 'errs') return `${id} errs, which denies whatever else is said`;
  if (says === 'permits') return `${id} permits it${decided ? '' : ', as far as it goes'}`;
  if (says === 'misses') {
    if (hopeless) return `${id} never permits it`;
    return answered ? `${id} permits it with ${approvalsInWords(approvals)}` : `${id} does not permit it`;
  }
  if (hopeless) return `${id} forbids it whatever else is the case`;
  return answered ? `${id} forbids it without ${approvalsInWords(approvals)}` : `${id} forbids it`;
}

/** What a list of conditions is, for each way in which a policy may stand. */
const HEADINGS: Readonly<Record<ExplainedPolicy['says'], string>> = {
  errs: 'where it errs:',
  forbids: 'it would not, if this held:',
  misses: 'what does not hold:',
  permits: '',
};

function policyLines(policy: ExplainedPolicy): readonly Line[] {
  const { id, file, line: at, says, unmet, error } = policy;
  const place = `${file}:${at}`;
  // Without a name of its own it is called by its place.
  const where = place.endsWith(`/${id}`) ? '' : ` (${place})`;
  return [
    line(2, `${howItStands(policy)}${where}`),
    ...sourceLines(policy),
    ...(error === undefined ? [] : [line(4, `error: ${error}`)]),
    ...(unmet.length === 0 ? [] : [line(4, HEADINGS[says]), ...unmet.flatMap((one) => unmetLines(one, 6))]),
  ];
}

/** The nearest say what is missing; the others would only be many. */
const MOST_MISSES = 3;

function explainedLines({
  decision,
  impacts,
  problem,
  policies,
  left: more = 0,
}: Explained): readonly Line[] {
  const misses = policies.filter(({ says }) => says === 'misses');
  const left = misses.slice(MOST_MISSES).length + more;
  const shown = policies.filter((policy) => !misses.slice(MOST_MISSES).includes(policy));
  return [
    ...(decision.policies.length === 0 ? [] : [line(2, `decided by: ${decision.policies.join(', ')}`)]),
    ...(impacts.length === 0 ? [] : [line(2, `it changes the blast radius: ${impacts.join(', ')}`)]),
    ...(problem === undefined ? [] : [line(2, `policy could not be asked: ${problem}`)]),
    ...(policies.length === 0 && problem === undefined && decision.outcome === 'denied'
      ? [line(2, 'no policy is about it')]
      : []),
    ...shown.flatMap(policyLines),
    ...(left === 0
      ? []
      : [line(2, `${left} more permits do not hold${left > more ? '; --json tells more of them' : ''}`)]),
  ];
}

function remedyLines(remedies: readonly string[]): readonly Line[] {
  return remedies.length === 0
    ? []
    : [line(0, ''), line(0, 'what would make it pass:'), ...remedies.map((remedy) => line(2, `- ${remedy}`))];
}

function operationText({ capability, parameters }: Judged['input']['operations'][number]): string {
  return [capability, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(' ');
}

function policyPart({ policy, gaps, input }: Judged): readonly Line[] {
  if (policy === undefined) return [];
  const several = input.operations.length > 1 || input.chain.length > 1;
  const aside =
    gaps.length === 0
      ? []
      : [line(0, ''), line(0, `that aside, policy says: ${decisionInWords(policy.decision)}`)];
  const parts = policy.operations.flatMap(({ operation, tasks }) =>
    tasks.flatMap((task, place) => {
      const whose = place === 0 ? task.agent : `${task.agent}, whose task is above`;
      const heading = `${operation.capability}, for ${whose}: ${decisionInWords(task.decision)}`;
      return [line(0, ''), ...(several ? [line(0, heading)] : []), ...explainedLines(task)];
    }),
  );
  return [...aside, ...parts];
}

export function judgedLines(judged: Judged, width: number): readonly string[] {
  const { input, decision, gaps, remedies } = judged;
  const [own] = input.chain;
  const what = input.operations.map(operationText).join(', ');
  const why = gaps[0] === undefined ? '' : `: ${gaps[0].says}`;
  return laidOut(
    [
      line(0, `${own?.agent ?? ''}, ${what}: ${decisionInWords(decision)}${why}`),
      ...policyPart(judged),
      ...remedyLines(remedies),
    ],
    width,
  );
}

export function personLines(who: string, explained: Explained, width: number): readonly string[] {
  return laidOut(
    [
      line(0, `${who}: ${decisionInWords(explained.decision)}`),
      line(0, ''),
      ...explainedLines(explained),
      ...remedyLines(explained.remedies),
    ],
    width,
  );
}

/** What was recorded, a sentence a line, and what was missing. */
export function foundLines(
  texts: readonly string[],
  missing: readonly Gap[],
  width: number,
): readonly string[] {
  return laidOut(
    [...texts.map((text) => line(0, text)), ...remedyLines(missing.map(({ says }) => says))],
    width,
  );
}
