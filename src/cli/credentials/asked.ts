// What `bailiwick credentials` was told: the task, what is wanted of it, where the broker is and where the token.
import { parseArgs } from 'node:util';
import { isId } from '../../shared/ids.ts';
import { WrongUse } from '../remote/trouble.ts';

/** What the API takes as one capability. Parameters left out are the task's own. */
export interface WantedCapability {
  readonly capability: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly task: string;
  readonly capabilities: readonly WantedCapability[];
  readonly url: string | undefined;
  readonly data: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
}

export interface AskedToServe extends Asked {
  /** 0 for any that is free. */
  readonly port: number;
  /** What is run with the endpoint in its environment, and its arguments. */
  readonly command: readonly string[] | undefined;
}

const OPTIONS = {
  task: { type: 'string' },
  capability: { type: 'string', multiple: true },
  parameter: { type: 'string', multiple: true },
  url: { type: 'string' },
  token: { type: 'string' },
  'token-file': { type: 'string' },
  data: { type: 'string' },
  port: { type: 'string' },
} as const;

function parse(args: readonly string[]) {
  try {
    // Positionals are taken so that they are refused below, without saying again what may be a token in the wrong place.
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

type Values = ReturnType<typeof parse>['values'];

function parametersIn(given: readonly string[]): Readonly<Record<string, string>> {
  const parameters = new Map<string, string>();
  for (const one of given) {
    const border = one.indexOf('=');
    if (border < 1) throw new WrongUse('--parameter must be NAME=VALUE.');
    const name = one.slice(0, border);
    if (parameters.has(name)) throw new WrongUse('--parameter names the same parameter twice.');
    parameters.set(name, one.slice(border + 1));
  }
  return Object.fromEntries(parameters);
}

function capabilitiesIn({ capability: names = [], parameter = [] }: Values): readonly WantedCapability[] {
  const [first, ...others] = names;
  if (first === undefined || !names.every((name) => /^[a-z0-9-]{2,40}:[a-z0-9-]{2,40}$/.test(name))) {
    throw new WrongUse('Name what is wanted: --capability TARGET:CAPABILITY, as in reports:read.');
  }
  if (parameter.length === 0) return names.map((name) => ({ capability: name }));
  if (others.length > 0) {
    throw new WrongUse(
      '--parameter goes with one --capability. Left out, the parameters are those that the task holds.',
    );
  }
  return [{ capability: first, parameters: parametersIn(parameter) }];
}

function taskIn({ task }: Values, environment: NodeJS.ProcessEnv): string {
  const id = task ?? environment['BAILIWICK_TASK'] ?? '';
  if (isId('task', id)) return id;
  const named = task === undefined && id !== '' ? 'BAILIWICK_TASK' : '--task';
  throw new WrongUse(`${named} must name a task by its id, which begins with task_.`);
}

function understandAll(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const { values, positionals } = parse(args);
  if (positionals.length > 0) {
    throw new WrongUse('This takes options only; a command to run goes after `serve … --`.');
  }
  const { url, data, token, 'token-file': tokenFile, port } = values;
  const task = taskIn(values, environment);
  return { task, capabilities: capabilitiesIn(values), url, data, token, tokenFile, port };
}

export function understand(args: readonly string[], environment: NodeJS.ProcessEnv): Asked {
  const { port, ...asked } = understandAll(args, environment);
  if (port !== undefined) throw new WrongUse('--port is for `credentials serve`.');
  return asked;
}

export function understandServe(args: readonly string[], environment: NodeJS.ProcessEnv): AskedToServe {
  const border = args.indexOf('--');
  const command = border < 0 ? undefined : args.slice(border + 1);
  if (command !== undefined && (command[0] ?? '') === '') throw new WrongUse('Name a command after --.');
  const { port = '0', ...asked } = understandAll(border < 0 ? args : args.slice(0, border), environment);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new WrongUse('--port must be a number from 0 to 65535.');
  }
  return { ...asked, port: Number(port), command };
}
