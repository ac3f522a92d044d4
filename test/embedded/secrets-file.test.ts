// The secrets file while the broker runs: numbers are sent as they stand there, and what is wrong is said once.
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { consoleLog, start } from '../../src/embedded/index.ts';
import { listen } from '../contract/support/servers.ts';
import { ask, demoAgentToken, QUICKSTART, temporaryDirectory } from './support/broker.ts';

const target = (id: string, endpoint: string, field: string) => `
id: ${id}
kind: http
environment: development
sensitivity: internal
owner: { team: Demo, email: demo@example.com, group: demo-owners }
connection: { baseUrl: "${endpoint}", private: ["127.0.0.0/8"] }
secret: prod/${id}
inject: { header: X-Credential, value: "\${secret.${field}}" }
capabilities: { read: { effect: read, routes: ["GET /thing"] } }
`;

/** The quickstart's files with two targets more. */
function configWith(endpoint: string): string {
  const config = join(temporaryDirectory(), 'config');
  cpSync(QUICKSTART, config, { recursive: true });
  writeFileSync(join(config, 'targets/db.yaml'), target('db', endpoint, 'port'));
  writeFileSync(join(config, 'targets/other.yaml'), target('other', endpoint, 'token'));
  const agent = join(config, 'agents/demo-agent.yaml');
  const text = readFileSync(agent, 'utf8');
  writeFileSync(agent, text.replace('capabilities:\n', 'capabilities:\n  - "db:read"\n  - "other:read"\n'));
  return config;
}

async function running(secrets: string) {
  const sent: unknown[] = [];
  const server = await listen(
    createServer((request, response) => {
      sent.push(request.headers['x-credential']);
      response.setHeader('content-type', 'application/json').end('{}');
    }),
  );
  onTestFinished(server.close);
  const secretsFile = join(temporaryDirectory(), 'secrets.json');
  const data = join(temporaryDirectory(), 'data');
  const hold = (text: string) => writeFileSync(secretsFile, text, { mode: 0o600 });
  hold(secrets);
  const logged: string[] = [];
  const broker = await start({
    config: configWith(server.endpoint),
    ...{ data, secretsFile, port: 0, aws: false, durable: false },
    log: consoleLog((line) => logged.push(line)),
    onMail: () => undefined,
    onFaults: () => undefined,
  });
  onTestFinished(broker.stop);
  const capabilities = [{ capability: 'db:read' }, { capability: 'other:read' }];
  const wanted = { purpose: 'Look', capabilities };
  const { body } = await ask(`${broker.url}/v1/tasks`, 'POST', demoAgentToken(data), wanted);
  const { task, token } = body as unknown as { task: { id: string }; token: string };
  const call = (id: string) => ask(`${broker.url}/v1/tasks/${task.id}/http/${id}/thing`, 'GET', token);
  const said = () => logged.filter((line) => line.includes('secrets file faulty'));
  return { call, hold, sent, said, secretsFile, logged };
}

/** The file is looked at again after a while. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 100));

test('a number is sent as it stands there, and spoils nothing', async () => {
  const { call, sent } = await running(
    '{"prod/db": {"port": 12345678901234567890}, "prod/other": {"token": "t", "port": 5432}}',
  );
  expect((await call('db')).status).toBe(200);
  expect((await call('other')).status).toBe(200);
  expect(sent).toEqual(['12345678901234567890', 't']);
});

test('what is no field is missing, and what is no secret spoils only itself', async () => {
  const { call, hold, sent, said, logged } = await running(
    '{"prod/db": {"port": 1}, "prod/other": {"token": "t"}}',
  );
  hold('{"prod/db": {"port": ["canary"]}, "prod/other": {"token": "t"}}');
  await aWhile();
  const missing = await call('db');
  expect(missing).toMatchObject({ status: 503, body: { code: 'target_unavailable' } });
  expect(missing.body['detail']).toContain('has no field `port`');
  expect((await call('other')).status).toBe(200);
  hold('{"prod/db": "canary", "prod/other": {"token": "t"}}');
  await aWhile();
  expect(await call('db')).toMatchObject({ status: 503, body: { code: 'target_unavailable' } });
  expect((await call('other')).status).toBe(200);
  expect(sent).toEqual(['t', 't']);
  expect(said()).toEqual([expect.stringContaining('the secret "prod/db" is not of the form')]);
  expect(logged.join('\n')).not.toContain('canary');
});

test("a file that can't be used is said once, with what to do", async () => {
  const { call, hold, said, secretsFile, logged } = await running(
    '{"prod/db": {"port": 1}, "prod/other": {"token": "t"}}',
  );
  const refusedThrice = async () => {
    await aWhile();
    for (let i = 0; i < 3; i += 1) expect((await call('other')).status).toBe(503);
  };
  chmodSync(secretsFile, 0o644);
  await refusedThrice();
  expect(said()).toEqual([expect.stringContaining(`chmod 600 ${secretsFile}`)]);
  chmodSync(secretsFile, 0o600);
  hold('{"prod/other": canary');
  await refusedThrice();
  expect(said().slice(1)).toEqual([expect.stringContaining('is not JSON')]);
  rmSync(secretsFile);
  await refusedThrice();
  expect(said().slice(2)).toEqual([expect.stringContaining(`${secretsFile} is gone`)]);
  hold('{"prod/other": {"token": "t"}}');
  await aWhile();
  expect((await call('other')).status).toBe(200);
  expect(said()).toHaveLength(3);
  expect(logged.join('\n')).not.toContain('canary');
});
