// What was recorded, decided again under the files of a test.
import { backtest, type Change, type DecidingRules, type Rules } from '../../src/broker/index.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import type { ConfigParts } from './config.ts';
import { AGENT, PARTS } from './parts.ts';
import { rulesFrom } from './world.ts';

export const capability = (name: string) => ({ capability: name, parameters: {} });

/** The usual files, with that as the most that the usual agent may ask for. */
export const withCeiling = (capabilities: readonly string[]): ConfigParts => ({
  ...PARTS,
  agents: (PARTS.agents ?? []).map((agent) => (agent.id === AGENT ? { ...agent, capabilities } : agent)),
});

export async function rulesFor(parts: ConfigParts): Promise<Rules> {
  return rulesFrom({ ...parts, digest: 'c'.repeat(64) });
}

async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

/** All changes at once, and what was counted. */
export async function changesUnder(rules: DecidingRules, events: Iterable<JsonObject>, agent?: string) {
  const { counters, changes } = backtest(rules, each(events), agent);
  const found: Change[] = [];
  for await (const change of changes) found.push(change);
  return { counters, found };
}

export async function tried(events: Iterable<JsonObject>, parts: ConfigParts, agent?: string) {
  return changesUnder(await rulesFor(parts), events, agent);
}
