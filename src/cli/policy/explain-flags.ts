// A question that somebody thinks of, given by flags: what an agent would do, or a person.
import { isIP } from 'node:net';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Config } from '../../config/index.ts';
import { MOST_AGE_SECONDS } from '../../config/loading/index.ts';
import type { DecidedTask, DecisionInput, Operation } from '../../policy/index.ts';
import { closest } from '../../shared/closest.ts';
import { existingMoment } from '../../shared/moments.ts';
import { WrongUse } from '../remote/trouble.ts';
import { capabilityOf } from './explain-structure.ts';

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const yes = { type: 'boolean' } as const;

const COMMON = { config: text, data: text, url: text, token: text, json: yes } as const;
const OF_AGENTS = {
  ...{ capability: text, parameter: texts, purpose: text, requester: text, proven: yes, age: text },
  ...{ at: text, from: text, above: texts, holds: texts },
  ...{ method: text, route: text, statement: texts, reads: texts, writes: texts, function: texts },
  ...{ argv: texts, namespace: text, pod: text, container: text, 'max-rows': text, export: yes },
} as const;
const OF_PEOPLE = { human: text, groups: texts, action: text, target: text, task: yes } as const;
const OPTIONS = {
  agent: text,
  ...COMMON,
  ...OF_AGENTS,
  ...OF_PEOPLE,
} as const satisfies ParseArgsConfig['options'];

export function parseFlags(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    return { values, positionals };
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

export type Flags = ReturnType<typeof parseFlags>['values'];

/** The flags among these that were given. */
export function givenOf(flags: Flags, which: 'agents' | 'people' | 'any'): readonly string[] {
  const known =
    which === 'agents'
      ? OF_AGENTS
      : which === 'people'
        ? OF_PEOPLE
        : { agent: text, ...OF_AGENTS, ...OF_PEOPLE };
  return Object.keys(known).filter((flag) => flags[flag as keyof Flags] !== undefined);
}

function meant(what: string, word: string, known: readonly string[]): WrongUse {
  const close = closest(word, known);
  return new WrongUse(
    `The files have no ${what} ${word}.${close === undefined ? '' : ` Did you mean ${close}?`}`,
  );
}

function agentNamed({ agents }: Config, id: string | undefined): string {
  const known = Object.keys(agents);
  const [only] = known;
  if (id === undefined) {
    if (only !== undefined && known.length === 1) return only;
    throw new WrongUse('Say which agent with --agent AGENT.');
  }
  if (!Object.hasOwn(agents, id)) throw meant('agent', id, known);
  return id;
}

function capabilityNamed(config: Config, name: string | undefined): string {
  if (name === undefined) throw new WrongUse('Say what it would do with --capability TARGET:CAPABILITY.');
  if (capabilityOf(config, name) !== undefined) return name;
  const known = Object.entries(config.targets).flatMap(([target, { capabilities }]) =>
    Object.keys(capabilities).map((capability) => `${target}:${capability}`),
  );
  throw meant('capability', name, known);
}

function numberIn(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw new WrongUse(`--${flag} must be a whole number.`);
  return Number(value);
}

/** How many seconds ago the task was opened. */
function ageIn({ age }: Flags): number {
  const seconds = numberIn('age', age) ?? 0;
  if (seconds <= MOST_AGE_SECONDS) return seconds;
  throw new WrongUse(`--age must be at most ${MOST_AGE_SECONDS}, as long as a task may last.`);
}

function parametersIn(pairs: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const border = pair.indexOf('=');
    if (border < 1) throw new WrongUse('--parameter must be NAME=VALUE.');
    const name = pair.slice(0, border);
    if (name in found) throw new WrongUse(`The parameter ${name} is given twice.`);
    found[name] = pair.slice(border + 1);
  }
  return { ...found };
}

function httpIn({ method, route }: Flags): Pick<Operation, 'http'> {
  if (method === undefined && route === undefined) return {};
  const [, said, path = ''] = /^(?:([A-Z]+) +)?(\/.*)$/.exec(route ?? '') ?? [];
  const verb = method ?? said;
  if (path === '' || verb === undefined) {
    throw new WrongUse(
      'Say the route as the target has it, --route "GET /tickets/{id}", or --method and --route.',
    );
  }
  return { http: { method: verb, route: `${said ?? verb} ${path}` } };
}

function sqlIn({ statement, reads, writes, function: functions }: Flags): Pick<Operation, 'sql'> {
  if ([statement, reads, writes, functions].every((given) => given === undefined)) return {};
  return {
    sql: {
      statements: statement ?? [],
      reads: reads ?? [],
      writes: writes ?? [],
      functions: functions ?? [],
    },
  };
}

function kubernetesIn({ namespace, pod, container }: Flags): Pick<Operation, 'kubernetes'> {
  if (namespace === undefined && pod === undefined && container === undefined) return {};
  if (namespace === undefined || pod === undefined) throw new WrongUse('--namespace and --pod go together.');
  return { kubernetes: { namespace, pod, ...(container === undefined ? {} : { container }) } };
}

function operationIn(config: Config, flags: Flags): Operation {
  const { argv, export: exports } = flags;
  const maxRows = numberIn('max-rows', flags['max-rows']);
  return {
    capability: capabilityNamed(config, flags.capability),
    parameters: parametersIn(flags.parameter),
    ...httpIn(flags),
    ...sqlIn(flags),
    ...(argv === undefined ? {} : { command: { argv } }),
    ...kubernetesIn(flags),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(exports ? { export: true } : {}),
  };
}

/** Names with commas between them, given once or several times. */
export function listIn(values: readonly string[] = []): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

function momentIn(text: string | undefined, now: Date): Date {
  if (text === undefined) return now;
  const at = MOMENT.test(text) ? existingMoment(text) : undefined;
  if (at === undefined) throw new WrongUse('--at must be a moment such as 2026-05-01T09:00:00Z.');
  return at;
}

export function inputOf(config: Config, flags: Flags, now: Date): DecisionInput {
  const { requester, proven = false, from = '127.0.0.1' } = flags;
  if (proven && requester === undefined) throw new WrongUse('--proven needs --requester.');
  if (isIP(from) === 0) throw new WrongUse('--from must be an address.');
  const at = momentIn(flags.at, now);
  const openedAt = new Date(at.getTime() - ageIn(flags) * 1000).toISOString();
  const above = (flags.above ?? []).map((id) => agentNamed(config, id));
  // The requester of the root is that of all tasks below it.
  const task = (agent: string, purpose: string | undefined, chainDepth: number): DecidedTask => ({
    agent,
    purpose: purpose ?? config.agents[agent]?.purpose ?? '',
    ...(requester === undefined ? {} : { requester: { id: requester, proven } }),
    openedAt,
    chainDepth,
  });
  return {
    at: at.toISOString(),
    address: from,
    chain: [
      task(agentNamed(config, flags.agent), flags.purpose, above.length),
      ...above.map((agent, place) => task(agent, undefined, place)),
    ],
    operations: [operationIn(config, flags)],
  };
}
