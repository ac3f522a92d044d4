// `bailiwick mask`: masks standard input, so that operators see what the engine finds, and what their rules make of it.
import { parseArgs } from 'node:util';
import { systemIds as ids } from '../adapters/system.ts';
import { createMasking, maskedText, needsKeys } from '../broker/index.ts';
import type { Config } from '../config/index.ts';
import { loadConfig } from '../config/loading/index.ts';
import { readLastRun } from '../embedded/last-run.ts';
import { readMaskingKeys, rotateMaskingKeys } from '../embedded/masking-keys.ts';
import { PrivateFileExposed } from '../embedded/private-file.ts';
import { DEFAULT_DATA } from '../embedded/walk.ts';
import {
  BadPseudonymKey,
  createMasker,
  type Masker,
  NO_RULES,
  type PseudonymKeys,
  type Tally,
} from '../masking/index.ts';
import { closest } from '../shared/closest.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { maskJsonLines } from './mask/json-lines.ts';
import { outputTo } from './mask/output.ts';
import { maskText, maskTyped } from './mask/text.ts';
import { configFor } from './paths.ts';
import { oneLine } from './print/safe.ts';
import { WrongUse } from './remote/trouble.ts';

export const MASK_HELP = `bailiwick mask: masks standard input, as the broker would

usage: bailiwick mask [--target TARGET] [--config DIR] [--data DIR] [--jsonl] [--summary]
       bailiwick mask --new-key [--data DIR]

  --target     by the rules of that target's file, laid over those of broker.yaml; without it by the latter alone
  --config     the operator's files; left out, those of the broker that ran last with the data directory. Where there
               are none, every detector is on and nothing else
  --data       where the broker's key of pseudonyms is looked for, .bailiwick unless you say otherwise. Without one
               pseudonyms are made with a key that is forgotten at once
  --jsonl      a line in is {"id", "text"}, a line out {"id", "masked", "spans": [{"type", "start", "end"}]}; offsets are
               UTF-16 units of the text. An id that is a number comes out as it is spelled; lines must be UTF-8
  --summary    say on standard error how often what was masked; on a terminal that is said anyway
  --new-key    make a new key of pseudonyms for the data directory: from then on all of them are other ones

JSON, CSV, forms and plain text are told apart by how the text begins. Bytes outside of what is masked come out as they
went in, whatever they are.

Exit codes: 0 done, whatever was found; 2 wrong use, a line of --jsonl that is not understood, or a config with faults.`;

const USAGE =
  'usage: bailiwick mask [--target TARGET] [--config DIR] [--data DIR] [--jsonl] [--summary], and `bailiwick mask --help` says more';

interface Asked {
  readonly target: string | undefined;
  readonly config: string | undefined;
  readonly data: string;
  readonly jsonl: boolean;
  readonly summary: boolean;
  readonly newKey: boolean;
}

function understand(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string' },
      config: { type: 'string' },
      data: { type: 'string', default: DEFAULT_DATA },
      jsonl: { type: 'boolean', default: false },
      summary: { type: 'boolean', default: false },
      'new-key': { type: 'boolean', default: false },
    },
  });
  const { target, config, data, jsonl, summary, 'new-key': newKey } = values;
  if (newKey && (target !== undefined || config !== undefined || jsonl || summary)) {
    throw new TypeError('--new-key takes --data and nothing else');
  }
  return { target, config, data, jsonl, summary, newKey };
}

/** Policies are not asked, and their engine takes longer to load than all the rest. */
async function readConfig({ config, target, data }: Asked): Promise<Config | undefined> {
  const asked =
    target === undefined ? (config ?? (await readLastRun(data))?.config) : await configFor(config, data);
  if (asked === undefined) return undefined;
  const loaded = await loadConfig(asked, { mode: 'embedded', checkPolicies: async () => [] });
  if (!('faults' in loaded)) return loaded.config;
  throw new WrongUse(`The config in ${asked} can't be used. \`bailiwick check ${asked}\` says why.`);
}

function expectTarget({ targets }: Config, target: string): void {
  if (Object.hasOwn(targets, target)) return;
  const meant = closest(target, Object.keys(targets));
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new WrongUse(`There is no target ${target} in the config.${hint}`);
}

async function keysFor({ data }: Asked, config: Config | undefined, lines: Lines): Promise<PseudonymKeys> {
  const none = { current: { id: 'k1', key: ids.random(32) } };
  if (config === undefined || !needsKeys(config)) return none;
  const kept = await readMaskingKeys(data);
  if (kept === undefined) {
    lines.err(`No broker has run with ${oneLine(data)}: these pseudonyms are made with a key of their own.`);
  }
  return kept ?? none;
}

async function maskerFor(asked: Asked, lines: Lines): Promise<Masker> {
  const config = await readConfig(asked);
  const keys = await keysFor(asked, config, lines);
  if (config === undefined) return createMasker(NO_RULES, keys);
  const masking = createMasking(config, keys);
  if (asked.target === undefined) return masking.words;
  expectTarget(config, asked.target);
  return masking.of(asked.target);
}

async function mask(asked: Asked, lines: Lines): Promise<ExitCode> {
  const masker = await maskerFor(asked, lines);
  const { stdin, stdout, stderr } = process;
  const [output, tally]: [ReturnType<typeof outputTo>, Tally] = [outputTo(stdout), new Map()];
  const input: AsyncIterable<Buffer> = stdin;
  const run = stdin.isTTY ? maskTyped : maskText;
  const wrong = asked.jsonl
    ? await maskJsonLines(masker, input, output, tally)
    : await run(masker, input, output, tally);
  stdin.destroy();
  if (wrong !== undefined) {
    lines.err(`Line ${wrong.line} ${wrong.why}.`);
    return 2;
  }
  if (asked.summary || stderr.isTTY) lines.err(`masked: ${maskedText(tally) ?? 'nothing'}`);
  return 0;
}

async function newKey({ data }: Asked, lines: Lines): Promise<ExitCode> {
  const { current } = await rotateMaskingKeys(data, ids);
  lines.out(
    `From the broker's next start on, or the next change of its config, pseudonyms are made with ${current.id}.`,
  );
  return 0;
}

/** What the operator can do something about, in a sentence. */
function sentenceOf(error: unknown, { data }: Asked): string | undefined {
  if (error instanceof WrongUse) return error.message;
  if (error instanceof BadPseudonymKey) return `The file masking-keys.json in ${data} is damaged.`;
  if (error instanceof PrivateFileExposed) {
    return `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return code !== undefined && /^E[A-Z]+$/.test(code)
    ? `The data directory ${data} can't be used (${code}).`
    : undefined;
}

export async function runMask(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  let asked: Asked;
  try {
    asked = understand(args);
  } catch (error) {
    lines.err(`${error instanceof Error ? oneLine(error.message) : 'wrong use'}\n${USAGE}`);
    return 2;
  }
  try {
    return await (asked.newKey ? newKey : mask)(asked, lines);
  } catch (error) {
    const sentence = sentenceOf(error, asked);
    if (sentence === undefined) throw error;
    lines.err(oneLine(sentence));
    return 2;
  }
}
