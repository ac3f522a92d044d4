// `bailiwick demo token`: a token of the demo issuer, which exists only where the config names it.
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/loading/index.ts';
import {
  demoAgentToken,
  demoHumanToken,
  NoDemoToken,
  namesDemoIssuer,
  openDemoIssuer,
} from '../embedded/demo-issuer.ts';
import { DEFAULT_DATA } from '../embedded/walk.ts';
import { CannotStart, whyNot } from '../embedded/why-not.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { configFor } from './paths.ts';

export const DEMO_USAGE =
  'usage: bailiwick demo token AGENT | --human ID [--groups A,B] [--config DIR] [--data DIR]';

interface Asked {
  readonly agent: string | undefined;
  readonly human: string | undefined;
  readonly groups: readonly string[];
  readonly config: string | undefined;
  readonly data: string;
}

function understand(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      human: { type: 'string' },
      groups: { type: 'string' },
      config: { type: 'string' },
      data: { type: 'string', default: DEFAULT_DATA },
    },
  });
  const [what, agent, ...more] = positionals;
  const { human, groups } = values;
  const onlyOne = (agent === undefined) !== (human === undefined);
  if (what !== 'token' || !onlyOne || more.length > 0 || (groups !== undefined && human === undefined)) {
    throw new TypeError('name an agent, or a person with --human');
  }
  const named = (groups ?? '').split(',').map((group) => group.trim());
  return {
    config: values.config,
    data: values.data,
    agent,
    human,
    groups: named.filter((group) => group !== ''),
  };
}

export async function runDemo(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  let asked: Asked;
  try {
    asked = understand(args);
  } catch (error) {
    lines.err(`${error instanceof Error ? error.message : 'wrong use'}\n${DEMO_USAGE}`);
    return 2;
  }
  const dir = await configFor(asked.config, asked.data);
  // A token is had without asking policy, whose engine takes longer to load than all the rest.
  const loaded = await loadConfig(dir, { mode: 'embedded', checkPolicies: async () => [] });
  if ('faults' in loaded) {
    lines.err(`The config in ${dir} can't be used. \`bailiwick check ${dir}\` says why.`);
    return 2;
  }
  const { config } = loaded;
  try {
    // Before its key is made: where the config does not name it, it does not exist.
    if (!namesDemoIssuer(config)) throw new NoDemoToken(`the config in ${dir} does not name the demo issuer`);
    const issuer = await openDemoIssuer(asked.data);
    lines.out(
      asked.human === undefined
        ? await demoAgentToken(config, issuer, asked.agent ?? '')
        : await demoHumanToken(config, issuer, asked.human, asked.groups),
    );
    return 0;
  } catch (error) {
    const why = whyNot(error, { port: 0, data: asked.data });
    if (why instanceof NoDemoToken) lines.err(`No demo token: ${why.message}.`);
    else if (why instanceof CannotStart) lines.err(why.message);
    else throw error;
    return 2;
  }
}
