// Editing the config while the broker runs: a valid change decides from then on, a broken one is printed and changes nothing.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import { ask, brokerForTest, demoAgentToken, QUICKSTART, temporaryDirectory } from './support/broker.ts';
import { exchange, head } from './support/raw.ts';

interface Loaded {
  readonly type: string;
  readonly configDigest: string;
  readonly agents: number;
}

/** The `config.loaded` events, as whoever reads the database beside the running broker finds them. */
function loadedIn(data: string): readonly Loaded[] {
  const database = new DatabaseSync(join(data, 'bailiwick.db'), { readOnly: true });
  try {
    const rows = database.prepare("SELECT body FROM events WHERE type = 'config.loaded' ORDER BY id").all();
    return rows.map((row) => JSON.parse(String(row['body'])) as Loaded);
  } finally {
    database.close();
  }
}

async function worldToEdit() {
  const config = join(temporaryDirectory(), 'config');
  const data = temporaryDirectory();
  cpSync(QUICKSTART, config, { recursive: true });
  const broker = await brokerForTest(['--config', config, '--data', data]);
  const token = demoAgentToken(data);
  const wanted = (capability: string) => ({
    purpose: 'Try the config',
    capabilities: [{ capability, parameters: { prefix: 'a' } }],
  });
  const open = (capability = 'demo-aws:read') =>
    ask(`${broker.url}/v1/tasks`, 'POST', token, wanted(capability));
  const file = (name: string) => join(config, name);
  const edit = (name: string, from: string | RegExp, to: string) => {
    const text = readFileSync(file(name), 'utf8');
    expect(text).toMatch(from);
    writeFileSync(file(name), text.replace(from, to));
  };
  return { data, broker, open, edit, file };
}

const READS = /permit \(principal is Agent, action in Action::"read", resource\);/;

test('a valid change decides the next request, and is an event', async () => {
  const { data, open, edit } = await worldToEdit();
  expect((await open()).status).toBe(201);
  const [before] = loadedIn(data).map(({ configDigest }) => configDigest);
  edit(
    'policies/default.cedar',
    READS,
    '@id("no-reads")\nforbid (principal, action in Action::"read", resource);',
  );
  const { body } = await until('the new policy', async () => {
    const answer = await open();
    return answer.status === 403 ? answer : undefined;
  });
  const [first, after, ...more] = loadedIn(data).map(({ configDigest }) => configDigest);
  expect([first, more]).toEqual([before, []]);
  expect(after).not.toBe(before);
  expect(body).toMatchObject({
    code: 'denied_by_policy',
    decision: { policies: ['no-reads'], configDigest: after },
  });
});

test('an open task is judged by the config of the moment', async () => {
  const { broker, open, edit } = await worldToEdit();
  const { task, token } = (await open()).body as unknown as { task: { id: string }; token: string };
  const issue = () =>
    ask(`${broker.url}/v1/tasks/${task.id}/credentials`, 'POST', token, { capability: 'demo-aws:read' });
  expect((await issue()).status).toBe(200);
  edit('agents/demo-agent.yaml', '  - "demo-aws:read"\n', '');
  const { body } = await until('the new ceiling', async () => {
    const answer = await issue();
    return answer.status === 403 ? answer : undefined;
  });
  expect(body).toMatchObject({ code: 'outside_ceiling' });
});

test('a broken change is printed with file and line, and the last good config stays', async () => {
  const { data, broker, open, edit, file } = await worldToEdit();
  const [before] = loadedIn(data);
  const good = readFileSync(file('agents/demo-agent.yaml'), 'utf8');
  edit('agents/demo-agent.yaml', /^environment: .*$/m, 'environment: nowhere');
  await until('the faults', () =>
    /^agents\/demo-agent\.yaml:\d+: there is no environment/m.test(broker.err()) ? true : undefined,
  );
  expect(broker.err()).toContain('The last good one stays in force.');
  const { status, body } = await open();
  expect(status).toBe(201);
  expect(JSON.stringify(body)).toContain(before?.configDigest);
  expect(loadedIn(data)).toHaveLength(1);

  // Repaired, and changed in another place: that decides.
  writeFileSync(file('agents/demo-agent.yaml'), good.replace('# maxTaskSeconds: 3600', 'maxTaskSeconds: 60'));
  const lifeOf = (answer: Awaited<ReturnType<typeof open>>) => {
    const { openedAt, expiresAt } = answer.body['task'] as Record<string, string>;
    return (Date.parse(expiresAt ?? '') - Date.parse(openedAt ?? '')) / 1000;
  };
  await until('the repaired config', async () => (lifeOf(await open()) === 60 ? true : undefined));
  expect(loadedIn(data)).toHaveLength(2);
});

test('files that come and go', async () => {
  const { data, broker, file } = await worldToEdit();
  const agent = readFileSync(file('agents/demo-agent.yaml'), 'utf8');
  writeFileSync(file('agents/second.yaml'), agent.replaceAll('demo-agent', 'second'));
  await until('the second agent', () => (loadedIn(data).at(-1)?.agents === 2 ? true : undefined));
  const token = demoAgentToken(data, 'second');
  const capabilities = [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }];
  const open = () => ask(`${broker.url}/v1/tasks`, 'POST', token, { purpose: 'x', capabilities });
  expect((await open()).status).toBe(201);
  rmSync(file('agents/second.yaml'));
  const { body } = await until('the second agent to be gone', async () => {
    const answer = await open();
    return answer.status === 201 ? undefined : answer;
  });
  expect(body).toMatchObject({ code: 'unknown_agent' });
});

test('a new publicUrl is a Host from then on, and stands in the metadata', async () => {
  const { broker, edit } = await worldToEdit();
  const asNamed = async () => {
    const lines = ['Host: broker.example.org', 'Connection: close'];
    const target = '/.well-known/oauth-protected-resource';
    const [answer] = await exchange(broker.port, head(`GET ${target} HTTP/1.1`, ...lines));
    return answer;
  };
  expect((await asNamed())?.status).toBe(403);
  edit('broker.yaml', /^# publicUrl: .*$/m, 'publicUrl: https://broker.example.org');
  const answer = await until('the new publicUrl', async () => {
    const named = await asNamed();
    return named?.status === 200 ? named : undefined;
  });
  expect(JSON.parse(answer.body)).toMatchObject({ resource: 'https://broker.example.org' });
});
