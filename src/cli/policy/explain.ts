// `bailiwick policy explain`: which rule decided, which conditions failed, and what would make it pass.
import type { Config } from '../../config/index.ts';
import { DEFAULT_DATA } from '../../embedded/walk.ts';
import { createExplainer, type Decision, type HumanQuestion } from '../../policy/index.ts';
import { type ExitCode, type Lines, terminal } from '../lines.ts';
import { configFor } from '../paths.ts';
import { screenWidth } from '../print/columns.ts';
import { jsonText, oneLine } from '../print/safe.ts';
import { blocks } from '../print/table.ts';
import { WrongUse } from '../remote/trouble.ts';
import { loadCandidate } from './candidate.ts';
import { type Flags, givenOf, inputOf, listIn, parseFlags } from './explain-flags.ts';
import { humanQuestionOf } from './explain-people.ts';
import { type Found, findRecorded, type Kind, kindOf } from './explain-recorded.ts';
import { decisionInWords, foundLines, judgedLines, personLines } from './explain-report.ts';
import { type Judged, judge, lackedBy } from './explain-structure.ts';
import { openRecorded, troubleLines } from './recorded.ts';

export const EXPLAIN_USAGE = `usage: bailiwick policy explain CALL [--config DIR] [--data DIR | --url URL] [--json]
       bailiwick policy explain --agent AGENT --capability TARGET:CAPABILITY [--parameter NAME=VALUE]…
       bailiwick policy explain --human ID [--groups A,B] --action approve|contain|restore|audit`;

/** What is shown, and whether all of it is allowed. */
interface Answer {
  readonly json: object;
  readonly lines: (width: number) => readonly string[];
  readonly allowed: boolean;
}

const isAllowed = ({ outcome }: Pick<Decision, 'outcome'>) => outcome === 'allowed';

function personAnswer(config: Config, question: HumanQuestion): Answer {
  const explained = createExplainer(config).ofHuman(question);
  const { human, action, resource } = question;
  const of = [
    ...('agent' in resource ? [resource.agent] : resource.type === 'Agent' ? [resource.id] : []),
    ...('target' in resource ? [resource.target] : []),
  ];
  const what =
    resource.type === 'Broker' ? 'the broker' : `${resource.type.toLowerCase()} of ${of.join(' at ')}`;
  const whom = resource.type === 'Agent' ? `agent ${resource.id}` : what;
  const groups = human.groups.length === 0 ? 'in no group' : `in ${human.groups.join(', ')}`;
  return {
    json: { question, ...explained },
    lines: (width) => personLines(`${human.id} (${groups}), ${action}, ${whom}`, explained, width),
    allowed: isAllowed(explained.decision),
  };
}

function agentAnswer(config: Config, flags: Flags, now: Date): Answer {
  const input = inputOf(config, flags, now);
  const held = flags.holds === undefined ? undefined : listIn(flags.holds);
  const uncovered = held === undefined ? [] : lackedBy(held, input.operations);
  const judged = judge(config, createExplainer(config), input, uncovered);
  return {
    json: judged,
    lines: (width) => judgedLines(judged, width),
    allowed: isAllowed(judged.decision),
  };
}

function hypothetical(config: Config, flags: Flags, now: Date): Answer {
  if (flags.human === undefined) {
    const [stray] = givenOf(flags, 'people');
    if (stray !== undefined) throw new WrongUse(`--${stray} is about people: say who with --human ID.`);
    return agentAnswer(config, flags, now);
  }
  const [stray] = givenOf(flags, 'agents');
  if (stray !== undefined) throw new WrongUse(`--${stray} is about what an agent does, not a person.`);
  return personAnswer(config, humanQuestionOf(config, flags));
}

function withoutDecision({ decided, refusal, unusable, type }: Found): readonly string[] {
  if (unusable !== undefined) return [`Its decision can not be explained: ${unusable}.`];
  if (decided.length > 0) return [];
  return refusal === undefined
    ? [`Nothing was decided there: all that is recorded is ${type}.`]
    : [`Refused before policy was asked: ${refusal.code}: ${refusal.detail}`];
}

function headingOf(found: Found, config: Config): readonly string[] {
  const { id, at, agent, task, decided, refusal, configDigest } = found;
  const of = task === undefined || task === id ? agent : `${agent}, ${task}`;
  const short = (digest: string) => digest.slice(0, 12);
  const was = decided.map(({ input, was: verdict }) => {
    const what = input.operations.map(({ capability }) => capability).join(', ');
    const by = verdict.policies.length === 0 ? '' : `, decided by ${verdict.policies.join(', ')}`;
    return `Recorded: ${what}: ${decisionInWords(verdict as Omit<Decision, 'configDigest'>)}${by}.`;
  });
  const told =
    decided.length === 0 || refusal === undefined
      ? []
      : [`The agent was told: ${refusal.code}: ${refusal.detail}`];
  const isNow = decided.length === 0 || configDigest === config.digest;
  return [
    `${id} of ${of}, ${at}`,
    ...was,
    ...told,
    isNow
      ? `Decided under config ${short(configDigest)}${configDigest === config.digest ? ', which is that of the files as they are now' : ''}.`
      : `Decided under config ${short(configDigest)}; explained under the files as they are now, config ${short(config.digest)}.`,
  ];
}

async function recordedAnswer(
  { kind, id }: { readonly kind: Kind; readonly id: string },
  config: Config,
  flags: Flags,
  environment: NodeJS.ProcessEnv,
): Promise<Answer> {
  const recorded = await openRecorded(flags, environment);
  try {
    const found = await findRecorded(recorded, kind, id);
    const explainer = createExplainer(config);
    const now: readonly Judged[] = found.decided.map(({ input }) => judge(config, explainer, input));
    const { decided, ...about } = found;
    const was = decided.map((one) => one.was);
    return {
      json: {
        recorded: { ...about, decisions: was },
        configDigest: config.digest,
        sameConfig: found.configDigest === config.digest,
        explained: now,
      },
      lines: (width) =>
        blocks([
          foundLines([...headingOf(found, config), ...withoutDecision(found)], found.uncovered, width),
          ...now.map((judged) => judgedLines(judged, width)),
        ]),
      // What was refused then, or would be now, is what one looks for.
      allowed: now.length > 0 && was.every(isAllowed) && now.every(({ decision }) => isAllowed(decision)),
    };
  } finally {
    await recorded.close();
  }
}

/** What is asked: of something recorded, or of what the flags say. */
interface Asked {
  readonly flags: Flags;
  readonly recorded?: { readonly kind: Kind; readonly id: string };
}

function understand(args: readonly string[]): Asked {
  const { values: flags, positionals } = parseFlags(args);
  const [id, ...more] = positionals;
  const given = givenOf(flags, 'any');
  if (id === undefined) {
    if (given.length > 0) return { flags };
    throw new WrongUse('Name a call by its id, or say by flags what an agent or a person would do.');
  }
  const kind = kindOf(id);
  if (more.length > 0 || kind === undefined) {
    throw new WrongUse(
      'Name one call by its id, which begins with call_; or a task, or the event of an opening that was refused.',
    );
  }
  if (given.length > 0) throw new WrongUse(`--${given[0]} means nothing beside what was recorded.`);
  return { flags, recorded: { kind, id } };
}

async function run(
  { flags, recorded }: Asked,
  lines: Lines,
  environment: NodeJS.ProcessEnv,
  now: Date,
): Promise<ExitCode> {
  const candidate = await loadCandidate(await configFor(flags.config, flags.data ?? DEFAULT_DATA));
  for (const fault of candidate.lines) lines.err(oneLine(fault));
  if (candidate.rules === undefined) return 2;
  const { config } = candidate.rules;
  const answer =
    recorded === undefined
      ? hypothetical(config, flags, now)
      : await recordedAnswer(recorded, config, flags, environment);
  const width = screenWidth(environment, process.stdout);
  const printed = flags.json ? jsonText(answer.json).split('\n') : answer.lines(width);
  for (const line of printed) lines.out(line);
  return answer.allowed ? 0 : 1;
}

/** Exit code 0: it is allowed; 1: it is denied or needs approval; 2: wrong use, faulty files, or nothing of that id. */
export async function runExplain(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
  now: Date = new Date(),
): Promise<ExitCode> {
  const told = (error: unknown, more: readonly string[]): ExitCode => {
    const trouble = troubleLines(error);
    if (trouble === undefined) throw error;
    for (const line of [...trouble, ...more]) lines.err(oneLine(line));
    return 2;
  };
  let asked: Asked;
  try {
    asked = understand(args);
  } catch (error) {
    return told(error, EXPLAIN_USAGE.split('\n'));
  }
  try {
    return await run(asked, lines, environment, now);
  } catch (error) {
    return told(error, []);
  }
}
