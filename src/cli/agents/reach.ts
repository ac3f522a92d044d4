// `bailiwick agents show AGENT --reach`: the sheet for a review before an agent is deployed. It asks no broker.
import { parseArgs } from 'node:util';
import { reachOf } from '../../agents/reach/index.ts';
import type { Config } from '../../config/index.ts';
import { loadConfig, publishedActions } from '../../config/loading/index.ts';
import { DEFAULT_DATA } from '../../embedded/walk.ts';
import { closest } from '../../shared/closest.ts';
import type { ExitCode, Lines } from '../lines.ts';
import { configFor } from '../paths.ts';
import { screenWidth } from '../print/columns.ts';
import { jsonText, oneLine } from '../print/safe.ts';
import { WrongUse } from '../remote/trouble.ts';
import { reachLines } from './reach-report.ts';

const USAGE = 'usage: bailiwick agents show AGENT --reach [--config DIR] [--data DIR] [--json]';

interface Asked {
  readonly agent: string;
  readonly config: string | undefined;
  readonly data: string;
  readonly json: boolean;
}

function parse(args: readonly string[]) {
  const options = {
    reach: { type: 'boolean' },
    config: { type: 'string' },
    data: { type: 'string', default: DEFAULT_DATA },
    json: { type: 'boolean', default: false },
    url: { type: 'string' },
    token: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

function understand(args: readonly string[]): Asked {
  const { values, positionals } = parse(args);
  const { url, token, config, data, json } = values;
  // What was given is not said again: it may be a token in the wrong place.
  if (url !== undefined || token !== undefined) {
    throw new WrongUse('--reach asks no broker: it reads the config that --config names.');
  }
  const [agent, ...more] = positionals;
  if (agent === undefined || more.length > 0) throw new WrongUse('Name an agent by its id.');
  return { agent, config, data, json };
}

function agentIn({ agents }: Config, id: string, directory: string) {
  const agent = Object.hasOwn(agents, id) ? agents[id] : undefined;
  if (agent !== undefined) return agent;
  const near = closest(id, Object.keys(agents));
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new WrongUse(`There is no such agent in ${directory}.${hint}`);
}

async function run(asked: Asked, lines: Lines, environment: NodeJS.ProcessEnv): Promise<ExitCode> {
  const directory = await configFor(asked.config, asked.data);
  // What a broker that is deployed can use, an embedded one can: so it is judged as that.
  const loaded = await loadConfig(directory, { mode: 'embedded' });
  if ('faults' in loaded) {
    for (const { file, line, problem } of loaded.faults) lines.err(oneLine(`${file}:${line}: ${problem}`));
    return 2;
  }
  const agent = agentIn(loaded.config, asked.agent, directory);
  const reach = reachOf(agent, loaded.config, await publishedActions());
  const width = screenWidth(environment, process.stdout);
  for (const line of asked.json ? jsonText(reach).split('\n') : reachLines(reach, width)) lines.out(line);
  return 0;
}

/** Exit code 0: it was told; 2: wrong use, no such agent, or faults in the config. */
export async function runReach(
  args: readonly string[],
  lines: Lines,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  try {
    return await run(understand(args), lines, environment);
  } catch (error) {
    if (!(error instanceof WrongUse)) throw error;
    for (const line of [error.message, USAGE]) lines.err(oneLine(line));
    return 2;
  }
}
