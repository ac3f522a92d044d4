// `start --aws`: sessions of STS, and their revocation by IAM, both found by the environment as every AWS client finds them.
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/adapters/system.ts';
import { addRole, type FakeRole, fakeRole, startFakeIam } from '../contract/support/fake-iam.ts';
import { startFakeSts } from '../contract/support/fake-sts.ts';
import { until } from '../support/poll.ts';
import {
  ask,
  brokerForTest,
  demoAgentToken,
  demoAuditorToken,
  temporaryDirectory,
} from './support/broker.ts';

const READ = { capability: 'demo-aws:read', parameters: { prefix: 'weekly' } };

const ROLE = 'arn:aws:iam::111122223333:role/bailiwick-demo';
/** Embedded, any will do. */
const BOUNDARY = 'arn:aws:iam::111122223333:policy/whatever';

async function withAws(given: Partial<FakeRole> = { boundary: BOUNDARY }) {
  const [sts, iam] = await Promise.all([startFakeSts(systemClock), startFakeIam()]);
  onTestFinished(async () => {
    await Promise.all([sts.close(), iam.close()]);
  });
  const role = addRole(iam, 'AKIA', fakeRole(ROLE, given));
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: sts.endpoint,
    AWS_ENDPOINT_URL_IAM: iam.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  };
  const data = temporaryDirectory();
  const broker = await brokerForTest(['--data', data, '--aws'], { env });
  const body = { purpose: 'x', capabilities: [READ] };
  const opened = await ask(`${broker.url}/v1/tasks`, 'POST', demoAgentToken(data), body);
  const { task, token } = opened.body as { task: { id: string; expiresAt: string }; token: string };
  return { sts, role, broker, data, task, token, path: `${broker.url}/v1/tasks/${task.id}` };
}

test('asks STS for a session of this task, and hands it out', async () => {
  const { sts, role, broker, data, task, token, path } = await withAws();
  const said = await until('the walk', () => /^# Credentials .*\n/m.exec(broker.out())?.[0]);
  expect(said).not.toContain('not real');
  const issued = await ask(`${path}/credentials`, 'POST', token, { capability: READ.capability });
  expect(issued).toMatchObject({
    status: 200,
    body: { credentials: { accessKeyId: 'ASIAEXAMPLEEXAMP0001', secretAccessKey: 'canary-secret-0001' } },
  });
  const [asked = {}] = sts.asked;
  expect(asked).toMatchObject({
    Action: 'AssumeRole',
    RoleArn: 'arn:aws:iam::111122223333:role/bailiwick-demo',
    SourceIdentity: 'demo-agent',
  });
  expect(asked['RoleSessionName']).toContain(task.id);
  const policy = JSON.parse(asked['Policy'] ?? '{}') as {
    Statement: { Resource: string[]; Condition: object }[];
  };
  expect(policy.Statement[0]).toMatchObject({
    Resource: ['arn:aws:s3:::acme-reports/weekly/*'],
    Condition: { DateLessThan: { 'aws:CurrentTime': `${task.expiresAt.slice(0, 19)}Z` } },
  });
  const finish = async () => (await ask(`${path}/finish`, 'POST', token)).body['revocation'];
  expect(['pending', 'inForce']).toContain(await finish());
  await until('the deny', async () => ((await finish()) === 'inForce' ? true : undefined));
  expect(role.policies.get('bailiwick-revoked')).toContain(task.id);
  const told = JSON.stringify((await ask(`${path}/events`, 'GET', demoAuditorToken(data))).body);
  expect(told).toContain('ASIAEXAMPLEEXAMP0001');
  expect(told).not.toContain('canary');
});

test('vends nothing of a role that carries no boundary', async () => {
  const { sts, path, token } = await withAws({});
  const refused = await ask(`${path}/credentials`, 'POST', token, { capability: READ.capability });
  expect(refused).toMatchObject({ status: 502, body: { code: 'target_failed' } });
  expect(JSON.stringify(refused.body)).toContain('permissions boundary');
  expect(sts.asked).toEqual([]);
});

test.for([
  ['AccessDenied', 403, 'target_failed', 502],
  ['PackedPolicyTooLarge', 400, 'target_failed', 502],
] as const)('says %s of STS without what STS says', async ([code, status, refusal, answered]) => {
  const { sts, path, token } = await withAws();
  sts.failure = { status, code };
  const refused = await ask(`${path}/credentials`, 'POST', token, { capability: READ.capability });
  expect(refused).toMatchObject({ status: answered, body: { code: refusal } });
  expect(JSON.stringify(refused.body)).not.toContain('111122223333');
});
