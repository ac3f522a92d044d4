// The workflow of approvals, deployed: it asks, waits and is woken, whoever reads it learns nothing, and a poke decides nothing.

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { afterAll, expect, it } from 'vitest';
import { approvalKey } from '../../../src/approvals/index.ts';
import { until } from '../../support/poll.ts';
import { type Asked, ask, awaitingIn, decide, ended, responseOf } from '../support/approvals/asking.ts';
import {
  call,
  describeCalls,
  MARK,
  newMark,
  openFor,
  passed,
  secret,
  seen,
  seenOnce,
} from '../support/calls.ts';
import { headerOf } from '../support/target/seen.ts';
import { output } from './outputs.ts';

const workflow = new SFNClient({});
const tables = new DynamoDBClient({});
afterAll(() => {
  workflow.destroy();
  tables.destroy();
});

function arnOf({ approval }: Asked): string {
  return `${output('ApprovalWorkflow').replace(':stateMachine:', ':execution:')}:${approval.id}`;
}

const describeExecution = (asked: Asked) =>
  workflow.send(new DescribeExecutionCommand({ executionArn: arnOf(asked) }));

async function historyOf(asked: Asked): Promise<string> {
  const command = new GetExecutionHistoryCommand({ executionArn: arnOf(asked), maxResults: 1000 });
  return JSON.stringify((await workflow.send(command)).events);
}

/** What the approval's record says that its workflow waits with. */
async function tokenOf({ approval }: Asked): Promise<string | undefined> {
  const { partition, sort } = approvalKey(approval.id);
  const command = new GetItemCommand({
    TableName: output('StateTable'),
    Key: { pk: { S: partition }, sk: { S: sort } },
    ConsistentRead: true,
  });
  const { Item = {} } = await tables.send(command);
  return /"waiting":"([^"]+)"/.exec(Item['body']?.S ?? '')?.[1];
}

const waiting = (asked: Asked) => until('a workflow that waits', () => tokenOf(asked));

const over = (asked: Asked) =>
  until('the end of the workflow', async () => {
    const { status, output: said, input } = await describeExecution(asked);
    return status === 'RUNNING' ? undefined : { status, said, input };
  });

describeCalls('the workflow of an approval', () => {
  it('is woken by a decision, carries out what was approved, and says nothing of it', async () => {
    const words = 'canary-words-of-the-operation';
    const asked = await ask('reply', { body: JSON.stringify({ text: words }) });
    await waiting(asked);
    expect(await seen(asked.mark)).toEqual([]);
    expect(await decide(asked.approval.id, { decision: 'approve' })).toMatchObject({ status: 200 });
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    expect((await seenOnce(asked.mark)).method).toBe('POST');
    passed(await responseOf(asked), 201);
    const { status, said = '', input = '' } = await over(asked);
    expect(status).toBe('SUCCEEDED');
    expect(JSON.parse(input)).toEqual({ approval: asked.approval.id });
    expect(JSON.parse(said)).toMatchObject({ approval: asked.approval.id, record: { status: 'succeeded' } });
    const told = `${await historyOf(asked)}${said}${input}`;
    for (const canary of [
      words,
      asked.mark,
      asked.opened.token,
      secret('e2e/tickets', 'token'),
      '/tickets/42',
    ])
      expect(told).not.toContain(canary);
  });

  it('signs what was approved with a session of the task, whose role trusts two other functions', async () => {
    const opened = await openFor(['by-sigv4:publish', 'scratch:read']);
    const mark = newMark();
    const put = {
      method: 'PUT',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json', [MARK]: mark },
    };
    const asked = { ...awaitingIn(await call(opened, 'by-sigv4', '/things/1', put)), opened, mark };
    await waiting(asked);
    expect(await decide(asked.approval.id, { decision: 'approve' })).toMatchObject({ status: 200 });
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    const one = await seenOnce(mark);
    expect(headerOf(one, 'authorization')).toMatch(/^AWS4-HMAC-SHA256 /);
    expect(passed(await responseOf(asked)).json()).toMatchObject({ path: '/aws/things/1', size: 7 });
  });

  it.for([
    ['spoil', 'failed', 'SUCCEEDED'],
    ['vanish', 'outcome_unknown', 'FAILED'],
  ] as const)('of what a target spoils (%s) ends as %s: %s', async ([kind, status, execution]) => {
    const asked = await ask(kind);
    await waiting(asked);
    await decide(asked.approval.id, { decision: 'approve' });
    expect(await ended(asked)).toMatchObject({ status });
    expect(await over(asked)).toMatchObject({ status: execution });
  });

  it('ends well where a person says no', async () => {
    const asked = await ask();
    await waiting(asked);
    await decide(asked.approval.id, { decision: 'deny', reason: 'Not today' });
    expect(await ended(asked)).toMatchObject({ status: 'denied' });
    expect(await over(asked)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await seen(asked.mark)).toEqual([]);
  });

  it('looks again when somebody pokes it, and decides nothing by that', async () => {
    const asked = await ask();
    const taskToken = await waiting(asked);
    const yes = JSON.stringify({ status: 'approved', decision: 'approve' });
    await workflow.send(new SendTaskSuccessCommand({ taskToken, output: yes }));
    await until('another token', async () => ((await tokenOf(asked)) === taskToken ? undefined : true));
    expect(await describeExecution(asked)).toMatchObject({ status: 'RUNNING' });
    expect(await seen(asked.mark)).toEqual([]);
    await decide(asked.approval.id, { decision: 'deny', reason: 'Not today' });
    expect(await ended(asked)).toMatchObject({ status: 'denied' });
  });
});
