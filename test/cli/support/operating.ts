// A broker for a test file, and the command as an operator runs it against that broker.
import { beforeAll, expect } from 'vitest';
import { ask, brokerForFile, demoAgentToken } from '../../embedded/support/broker.ts';
import { type Broker, bailiwick, type Said } from '../../support/command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Operating {
  readonly broker: () => Broker;
  readonly data: string;
  readonly token: () => string;
  /** `bailiwick demo token …` of that broker's issuer. */
  tokenOf(...args: string[]): Promise<string>;
  /** What the command finds around it: an operator's token, and nothing else. */
  environment(more?: Environment): NodeJS.ProcessEnv;
  /** Runs the command; whatever it says, it never says the token, nor anything of its own insides. */
  run(args: readonly string[], more?: Environment): Promise<Said>;
  /** Runs it against the broker. */
  operate(...args: string[]): Promise<Said>;
  /** What it prints when it works. */
  printed(...args: string[]): Promise<string>;
  openTask(agent: string, purpose: string): Promise<string>;
}

export const WANTED = [{ capability: 'demo-aws:read', parameters: { prefix: 'weekly' } }];

export function operating(config: string): Operating {
  const { broker, data } = brokerForFile(config);
  let token = '';
  const tokenOf = async (...args: string[]) =>
    (await bailiwick(['demo', 'token', ...args, '--data', data])).out.trim();
  beforeAll(async () => {
    token = await tokenOf('--human', 'kim@example.com', '--groups', 'operators');
  });
  const environment = (more: Environment = {}) => {
    const plain = { COLUMNS: undefined, BAILIWICK_URL: undefined, BAILIWICK_TOKEN: token };
    const all = Object.entries({ ...process.env, ...plain, ...more });
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  };
  const run = async (args: readonly string[], more: Environment = {}) => {
    const env = environment(more);
    const said = await bailiwick(args, { env });
    const given = env['BAILIWICK_TOKEN'] ?? '';
    if (given !== '') expect(said.out + said.err).not.toContain(given);
    expect(said.err).not.toMatch(/\n\s+at |node:internal/);
    return said;
  };
  const operate = (...args: string[]) => run([...args, '--data', data]);
  return {
    ...{ broker, data, token: () => token, tokenOf, environment, run, operate },
    printed: async (...args) => {
      const { code, out, err } = await operate(...args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return out;
    },
    openTask: async (agent, purpose) => {
      const wanted = { purpose, capabilities: WANTED };
      const agentToken = demoAgentToken(data, agent);
      const { status, body } = await ask(`${broker().url}/v1/tasks`, 'POST', agentToken, wanted);
      expect(status).toBe(201);
      return (body['task'] as { id: string }).id;
    },
  };
}
