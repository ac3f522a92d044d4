// What all commands have in common that ask a broker: they are understood, run, printed, and end with an exit code.
import { closest } from '../../shared/closest.ts';
import type { ExitCode, Lines } from '../lines.ts';
import { screenWidth } from '../print/columns.ts';
import { jsonText, oneLine } from '../print/safe.ts';
import { type Asked, type Takes, understand } from './asked.ts';
import { type Answer, type Client, createClient } from './client.ts';
import { connectionFor } from './connection.ts';
import { CallRefused, NoAnswer, refusalLines, WrongUse } from './trouble.ts';

/** For the end of each help text. */
export const COMMON_HELP = `Options of all of these:

  --url URL      the broker: https://, or http:// on this machine. Else BAILIWICK_URL, else the broker that last ran
                 in the data directory
  --token TOKEN  a token of a person who may do this. Better BAILIWICK_TOKEN, since arguments show in \`ps\`
  --data DIR     the data directory, if it is not .bailiwick
  --json         the API's own answer, all pages of it, for scripts

Exit codes: 0 done, 1 refused or not answered, 2 wrong use.`;

export interface Shown {
  readonly answer: Answer;
  /** The answer in words, for a terminal of that width. */
  readonly lines: (width: number) => readonly string[];
}

export interface Subcommand extends Takes {
  readonly usage: string;
  readonly run: (client: Client, asked: Asked) => Promise<Shown>;
}

export interface Command {
  readonly name: string;
  readonly subcommands: Readonly<Record<string, Subcommand>>;
}

/** Nothing that a broker, an agent or an argument says reaches the terminal as more than one line of text. */
function safely({ out, err }: Lines): Lines {
  return { out: (line) => out(oneLine(line)), err: (line) => err(oneLine(line)) };
}

function usageOf({ subcommands }: Command): readonly string[] {
  const lines = Object.values(subcommands).map(({ usage }) => `bailiwick ${usage}`);
  return lines.map((line, place) => `${place === 0 ? 'usage:' : '      '} ${line}`);
}

function noSuch(command: Command, name: string | undefined): string {
  const known = Object.keys(command.subcommands);
  if (name === undefined) return `Say what of ${command.name}.`;
  const meant = closest(name, known);
  return `There is no such command of ${command.name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

function show({ answer, lines }: Shown, asked: Asked, print: Lines, width: number): void {
  for (const line of asked.json ? jsonText(answer).split('\n') : lines(width)) print.out(line);
  if (answer['cursor'] !== undefined) print.err('There is more than this: it is cut off here.');
}

function failed(error: unknown, print: Lines): ExitCode {
  if (error instanceof CallRefused) for (const line of refusalLines(error.problem)) print.err(line);
  else if (error instanceof WrongUse || error instanceof NoAnswer) print.err(error.message);
  else throw error;
  return error instanceof WrongUse ? 2 : 1;
}

export async function runCommand(
  command: Command,
  args: readonly string[],
  lines: Lines,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const print = safely(lines);
  const [name, ...rest] = args;
  const { subcommands } = command;
  const subcommand = name !== undefined && Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (subcommand === undefined) {
    for (const line of [noSuch(command, name), ...usageOf(command)]) print.err(line);
    return 2;
  }
  let asked: Asked;
  try {
    asked = understand(rest, subcommand);
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    for (const line of [error.message, `usage: bailiwick ${subcommand.usage}`]) print.err(line);
    return 2;
  }
  try {
    const client = createClient(await connectionFor(asked.connection, environment));
    show(await subcommand.run(client, asked), asked, print, screenWidth(environment, process.stdout));
    return 0;
  } catch (error) {
    return failed(error, print);
  }
}
