// `bailiwick policy backtest`: what a config would decide otherwise than was decided, of everything recorded in a span of time.
import { parseArgs } from 'node:util';
import { backtest, createChangeGroups, type DecidingRules } from '../../broker/index.ts';
import type { Span } from '../../ports/events.ts';
import type { JsonObject } from '../../shared/json.ts';
import { type ExitCode, type Lines, terminal } from '../lines.ts';
import { screenWidth } from '../print/columns.ts';
import { jsonText, oneLine } from '../print/safe.ts';
import { WrongUse } from '../remote/trouble.ts';
import { changeLine, type Report, reportJson, reportLines, summaryLines } from './backtest-report.ts';
import { loadCandidate } from './candidate.ts';
import { createProgress, interruptible, type Progress, type Screen } from './progress.ts';
import { openRecorded, type Recorded, type RecordedOptions, troubleLines } from './recorded.ts';
import { spanOf } from './span.ts';

export const BACKTEST_USAGE =
  'usage: bailiwick policy backtest --config DIR [--since 30d] [--until TIME] [--agent AGENT] [--json | --jsonl] [--data DIR | --url URL]';

interface Asked {
  readonly config: string;
  readonly span: Span;
  readonly agent: string | undefined;
  readonly form: 'table' | 'json' | 'jsonl';
  readonly recorded: RecordedOptions;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const yes = { type: 'boolean' } as const;
  const options = {
    ...{ config: text, since: text, until: text, agent: text, json: yes, jsonl: yes },
    ...{ url: text, token: text, data: text },
  };
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

function understand(args: readonly string[], now: Date): Asked {
  const { config, since = '1d', until, agent, json, jsonl, ...recorded } = parse(args);
  if (config === undefined) throw new WrongUse('Name the config that is to be tried with --config DIR.');
  if (json === true && jsonl === true) throw new WrongUse('Take --json or --jsonl, not both.');
  if (agent !== undefined && !/^[a-z0-9-]{2,40}$/.test(agent)) {
    throw new WrongUse('--agent must name an agent by its id, 2 to 40 of a-z, 0-9 and -.');
  }
  const form = json === true ? 'json' : jsonl === true ? 'jsonl' : 'table';
  return { config, span: spanOf(since, until, now), agent, form, recorded };
}

/** What the command writes to, beside the lines that it prints. */
export interface Surroundings {
  readonly now: Date;
  /** Where the bar is drawn. */
  readonly screen: Screen;
  /** Whether nobody reads what is printed any more. */
  readonly isGone: () => boolean;
}

const PROCESS: Omit<Surroundings, 'now'> = {
  screen: process.stderr,
  isGone: () => process.stdout.destroyed || !process.stdout.writable,
};

async function* watched(events: AsyncIterable<JsonObject>, progress: Progress): AsyncGenerator<JsonObject> {
  for await (const event of events) {
    progress.seen(event['at']);
    yield event;
  }
}

/** Undefined where nobody reads on: what was counted until then is not the whole. */
async function tryOut(
  { span, agent, form }: Asked,
  rules: DecidingRules,
  recorded: Recorded,
  lines: Lines,
  { progress, isGone }: { readonly progress: Progress; readonly isGone: () => boolean },
): Promise<Report | undefined> {
  const { counters, changes } = backtest(rules, watched(recorded.events(span), progress), agent);
  const groups = createChangeGroups();
  for await (const change of changes) {
    groups.add(change);
    if (form !== 'jsonl') continue;
    if (isGone()) return undefined;
    progress.clear();
    lines.out(changeLine(change));
  }
  return {
    ...{ configDigest: rules.config.digest, span, where: recorded.where, agent, counters },
    ...{ groups: groups.list(), leftOut: groups.leftOut() },
  };
}

function print(report: Report, form: Asked['form'], lines: Lines, width: number): void {
  if (form === 'jsonl') for (const line of summaryLines(report)) lines.err(oneLine(line));
  else if (form === 'json') for (const line of jsonText(reportJson(report)).split('\n')) lines.out(line);
  else for (const line of reportLines(report, width)) lines.out(oneLine(line));
}

async function run(
  asked: Asked,
  lines: Lines,
  environment: NodeJS.ProcessEnv,
  { screen, isGone }: Omit<Surroundings, 'now'>,
): Promise<ExitCode> {
  const candidate = await loadCandidate(asked.config);
  for (const line of candidate.lines) lines.err(oneLine(line));
  const { rules } = candidate;
  if (rules === undefined) return 2;
  const recorded = await openRecorded(asked.recorded, environment);
  const progress = createProgress(screen, asked.span, environment);
  try {
    const report = await interruptible(progress, () =>
      tryOut(asked, rules, recorded, lines, { progress, isGone }),
    );
    // It was gone for a change that it was to be told of.
    if (report === undefined) return 1;
    print(report, asked.form, lines, screenWidth(environment, process.stdout));
    return report.counters.changed > 0 ? 1 : 0;
  } finally {
    await recorded.close();
  }
}

/**
 * Exit code 0: nothing would change; 1: something would, and nothing else is said by it; 2: wrong use, a config that
 * can't be used, or events that can't be read to their end.
 */
export async function runBacktest(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
  { now = new Date(), ...surroundings }: Partial<Surroundings> = {},
): Promise<ExitCode> {
  const told = (error: unknown, ...more: readonly string[]): ExitCode => {
    const trouble = troubleLines(error);
    if (trouble === undefined) throw error;
    for (const line of [...trouble, ...more]) lines.err(oneLine(line));
    return 2;
  };
  let asked: Asked;
  try {
    asked = understand(args, now);
  } catch (error) {
    return told(error, BACKTEST_USAGE);
  }
  try {
    return await run(asked, lines, environment, { ...PROCESS, ...surroundings });
  } catch (error) {
    return told(error);
  }
}
