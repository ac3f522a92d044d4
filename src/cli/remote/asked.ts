// What a command that asks a broker was told: its one id, its flags, and whether they can be meant.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { isId } from '../../shared/ids.ts';
import type { ConnectionOptions } from './connection.ts';
import { WrongUse } from './trouble.ts';

type IdKind = 'agent' | 'task' | 'approval';
export type Flag = 'agent' | 'digest' | 'hours' | 'reason';

/** What a command takes beside the options that all of them take. */
export interface Takes {
  /** What its one argument names; left out, it takes none. */
  readonly id?: IdKind;
  readonly flags?: readonly Flag[];
  /** A reason may be left out. */
  readonly mayReason?: true;
}

export interface Asked extends Readonly<Record<Flag, string | undefined>> {
  /** Empty where the command takes none. */
  readonly id: string;
  readonly json: boolean;
  readonly connection: ConnectionOptions;
}

const COMMON = {
  url: { type: 'string' },
  token: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const FLAGS = {
  agent: { type: 'string' },
  digest: { type: 'string' },
  hours: { type: 'string' },
  reason: { type: 'string' },
} as const satisfies Readonly<Record<Flag, { readonly type: 'string' }>>;

const MOST_HOURS = 720;

const IS: Readonly<Record<IdKind, (text: string) => boolean>> = {
  agent: (text) => /^[a-z0-9-]{2,40}$/.test(text),
  task: (text) => isId('task', text),
  approval: (text) => isId('appr', text),
};

const FORM = {
  agent: 'an agent by its id, 2 to 40 of a-z, 0-9 and -',
  task: 'a task by its id, which begins with task_',
  approval: 'an approval by its id, which begins with appr_',
} as const;

function parse(args: readonly string[]) {
  try {
    const options = { ...COMMON, ...FLAGS };
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

/** What was given is not said again: it may be a token in the wrong place. */
function idIn(positionals: readonly string[], kind: Takes['id']): string {
  if (kind === undefined) {
    if (positionals.length > 0) throw new WrongUse('This takes options only.');
    return '';
  }
  const [id = '', ...more] = positionals;
  if (more.length > 0 || !IS[kind](id)) throw new WrongUse(`Name ${FORM[kind]}.`);
  return id;
}

export function understand(args: readonly string[], { id: kind, flags = [], mayReason }: Takes): Asked {
  const { values, positionals } = parse(args);
  const { url, token, data, json = false, agent, digest, hours, reason } = values;
  const given = { agent, digest, hours, reason };
  for (const [flag, value] of Object.entries(given)) {
    if (value !== undefined && !flags.some((one) => one === flag)) {
      throw new WrongUse(`--${flag} means nothing here.`);
    }
  }
  const id = idIn(positionals, kind);
  const isSilent = (reason ?? '').trim() === '';
  if (flags.includes('reason') && isSilent && (mayReason === undefined || reason !== undefined)) {
    throw new WrongUse('Say why, for those who read it later: --reason TEXT.');
  }
  if (agent !== undefined && !IS.agent(agent)) throw new WrongUse(`--agent must name ${FORM.agent}.`);
  if (digest !== undefined && !/^[0-9a-f]{64}$/i.test(digest)) {
    throw new WrongUse('--digest must be a SHA-256 in hex, as `agents show` and sha256sum print it.');
  }
  if (hours !== undefined && (!/^[1-9]\d{0,2}$/.test(hours) || Number(hours) > MOST_HOURS)) {
    throw new WrongUse(`--hours must be a number from 1 to ${MOST_HOURS}.`);
  }
  return { ...given, id, json, connection: { url, token, data } };
}
