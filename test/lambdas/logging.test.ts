// What the functions log: one line a request, fields of a closed list, and nothing that a caller or a target sent.
import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogFields } from '../../src/ports/log.ts';
import type { World } from '../support/world.ts';
import { bearer, type Functions, sending, startFunctions, WANTED } from './functions.ts';
import { asDeployed, bodyOf, type Printed } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: World;
let printed: Printed;
let send: Functions['send'];
let issuing: Functions['issuing'];
beforeEach(async () => {
  ({ world, printed, send, issuing } = await startFunctions());
});
afterEach(() => vi.restoreAllMocks());

describe('what is logged', () => {
  const CANARY = 'canary-4Hc2';
  /** Every field that the log knows, as its type has them. */
  const FIELDS: Readonly<Record<keyof LogFields, true>> = {
    requestId: true,
    method: true,
    route: true,
    status: true,
    code: true,
    milliseconds: true,
    agent: true,
    task: true,
    call: true,
    target: true,
    issuer: true,
    reason: true,
    backend: true,
    configDigest: true,
    count: true,
    error: true,
  };
  /** What Powertools adds to each line. */
  const ADDED = [
    ...['level', 'message', 'timestamp', 'service', 'cold_start', 'sampling_rate', 'xray_trace_id'],
    ...['function_arn', 'function_memory_size', 'function_name', 'function_request_id'],
  ];

  it('is no header, no body, no query, no token, in good times and bad', async () => {
    const headers = {
      'Idempotency-Key': CANARY,
      'bailiwick-reason': CANARY,
      Cookie: CANARY,
      [`x-${CANARY}`]: CANARY,
    };
    const token = world.agentToken();
    const good = sending(token, { ...WANTED, purpose: CANARY, requester: CANARY });
    const { task, token: taskToken } = bodyOf(
      await send('open-task', 'POST', 'openTask', { ...good, headers: { ...good.headers, ...headers } }),
    ) as { task: { id: string }; token: string };
    const pathParameters = { task: task.id };
    const body = { capability: 'reports:read', parameters: { prefix: CANARY } };
    await send('issue-credentials', 'POST', 'issueCredentials', {
      pathParameters,
      ...sending(taskToken, body),
    });
    await send('open-task', 'POST', 'openTask', sending(CANARY, { [CANARY]: CANARY }));
    await send('open-task', 'POST', 'openTask', sending(token, `{"${CANARY}`));
    await send('tasks', 'GET', 'readTask', { pathParameters: { task: CANARY }, headers: bearer(token) });
    await send('read-events', 'GET', 'readTaskEvents', {
      pathParameters,
      headers: bearer(world.personToken(['security'])),
      query: { cursor: [CANARY], [CANARY]: [CANARY] },
    });
    world.meddle = async () => {
      throw new Error(CANARY);
    };
    await send('issue-credentials', 'POST', 'issueCredentials', {
      pathParameters,
      ...sending(taskToken, body),
    });
    const text = printed.text();
    expect(printed.log().length).toBeGreaterThanOrEqual(8);
    for (const secret of [CANARY, token, taskToken, 'canary-secret', 'canary-token'])
      expect(text).not.toContain(secret);
  });

  it('is one line a request with its template, and fields of the closed list only', async () => {
    await issuing();
    const handled = printed.log().filter(({ message }) => message === 'request handled');
    expect(handled).toEqual([
      expect.objectContaining({
        requestId: 'req-of-the-gateway',
        method: 'POST',
        route: '/v1/tasks',
        status: 201,
      }),
      expect.objectContaining({ method: 'POST', route: '/v1/tasks/{task}/credentials', status: 200 }),
    ]);
    const known = new Set([...Object.keys(FIELDS), ...ADDED]);
    for (const line of printed.log()) {
      for (const field of Object.keys(line)) expect(known).toContain(field);
    }
  });

  it('is not the event, even where the logger is told to', async () => {
    vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
    const before = printed.log().length;
    await send('open-task', 'POST', 'openTask', sending(CANARY, { [CANARY]: CANARY }));
    vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'false');
    expect(printed.log().length).toBeGreaterThan(before);
    expect(printed.text()).not.toContain(CANARY);
  });
});
