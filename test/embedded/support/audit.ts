// A broker of a test's own that counts what reaches its target, and the audit that it leaves behind.
import { join } from 'node:path';
import { createDirectoryObjects } from '../../../src/adapters/embedded/directory-objects.ts';
import { openReadOnly } from '../../../src/adapters/embedded/read-only.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { systemClock as clock } from '../../../src/adapters/system.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { COUNTER_FILE, type Counter, change, configWith, type Task } from './approvals.ts';
import { ask, demoAgentToken } from './broker.ts';

/** The counter may also be asked for what needs nobody's approval. */
export function configOfCounting(counter: Counter): string {
  const config = configWith(counter);
  change(
    config,
    COUNTER_FILE,
    (text) => `${text}  count: { effect: write, routes: ["POST /counted/{id}"] }\n`,
  );
  change(config, 'agents/demo-agent.yaml', (text) =>
    text.replace('  - "counter:add"', '  - "counter:add"\n  - "counter:count"'),
  );
  return config;
}

export async function taskOfCounting(url: string, data: string): Promise<Task> {
  const body = { purpose: 'Count', capabilities: [{ capability: 'counter:count' }] };
  const { body: opened, status } = await ask(`${url}/v1/tasks`, 'POST', demoAgentToken(data), body);
  if (status !== 201) throw new Error(JSON.stringify(opened));
  const { task, token } = opened as unknown as { task: { id: string }; token: string };
  return { url, id: task.id, token };
}

/** Undefined where no answer came. */
export async function count({ url, id, token }: Task, what: string) {
  try {
    const response = await fetch(`${url}/v1/tasks/${id}/http/counter/counted/${what}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ what }),
    });
    await response.arrayBuffer();
    return { status: response.status, call: response.headers.get('bailiwick-call') ?? undefined };
  } catch {
    return undefined;
  }
}

/** What the database holds, of whatever kind, the oldest ids first. */
export async function eventsIn(data: string): Promise<readonly JsonObject[]> {
  const database = openReadOnly(data);
  try {
    const objects = createDirectoryObjects({ directory: join(data, 'objects'), clock });
    const events = createSqliteEvents({ database, objects, clock });
    const found: JsonObject[] = [];
    const span = { from: new Date(0), until: new Date(clock.now().getTime() + 60_000) };
    let cursor: string | undefined;
    do {
      const page = await events.between(span, { limit: 500, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.items.map(({ body }) => body));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  } finally {
    await database.close();
  }
}
