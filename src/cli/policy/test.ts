// `bailiwick policy test`: runs the operator's own policy cases, and tells which policies none of them touches.
import { parseArgs } from 'node:util';
import { runPolicyCases } from '../../broker/index.ts';
import { loadPolicyCases } from '../../config/loading/index.ts';
import { type ExitCode, type Lines, terminal } from '../lines.ts';
import { jsonText, oneLine } from '../print/safe.ts';
import { WrongUse } from '../remote/trouble.ts';
import { loadCandidate } from './candidate.ts';
import { beginningLines, type Report, reportJson, reportLines } from './test-report.ts';

export const TEST_USAGE = 'usage: bailiwick policy test [DIR] [--config DIR] [--case TEXT]… [--json]';

interface Asked {
  readonly dir: string;
  /** Parts of the names of the cases to run; all of them where there is none. */
  readonly wanted: readonly string[];
  readonly json: boolean;
}

function parse(args: readonly string[]) {
  const options = {
    config: { type: 'string' },
    case: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

function understand(args: readonly string[]): Asked {
  const { values, positionals } = parse(args);
  const named = [...positionals, ...(values.config === undefined ? [] : [values.config])];
  if (named.length > 1) throw new WrongUse('Name one directory.');
  return { dir: named[0] ?? '.', wanted: values.case ?? [], json: values.json };
}

function show(report: Report, { json }: Asked, lines: Lines): ExitCode {
  const { run, outOf, config } = report;
  if (json) for (const line of jsonText(reportJson(report)).split('\n')) lines.out(line);
  if (run.results.length === 0) {
    for (const line of beginningLines(config)) (json ? lines.err : lines.out)(oneLine(line));
    return 1;
  }
  if (!json) for (const line of reportLines(report)) lines.out(oneLine(line));
  const isCovered = outOf !== undefined || run.untouched.length === 0;
  return run.failed === 0 && isCovered ? 0 : 1;
}

async function run(asked: Asked, lines: Lines): Promise<ExitCode> {
  const candidate = await loadCandidate(asked.dir);
  for (const line of candidate.lines) lines.err(oneLine(line));
  const { rules } = candidate;
  if (rules === undefined) return 2;
  const { cases, faults } = await loadPolicyCases(asked.dir, rules.config);
  for (const { file, line, problem } of faults) lines.err(oneLine(`${file}:${line}: ${problem}`));
  if (faults.length > 0) return 2;
  const { wanted } = asked;
  const chosen =
    wanted.length === 0 ? cases : cases.filter(({ file }) => wanted.some((part) => file.includes(part)));
  if (chosen.length === 0 && cases.length > 0) {
    throw new WrongUse(`None of the ${cases.length} cases has ${wanted.join(' or ')} in its name.`);
  }
  const report = { config: rules.config, run: runPolicyCases(rules, chosen) };
  return show(wanted.length === 0 ? report : { ...report, outOf: cases.length }, asked, lines);
}

/**
 * Exit code 0: all cases hold, and every policy is touched by one; 1: not so, or there are no cases; 2: wrong use, or
 * faults in the config or in the cases.
 */
export async function runTest(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  try {
    return await run(understand(args), lines);
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    for (const line of [error.message, TEST_USAGE]) lines.err(oneLine(line));
    return 2;
  }
}
