// Requests that are under way at once, step by step.
import { expect, test } from 'vitest';
import type { ClosableOutbound } from '../../src/adapters/network/outbound.ts';
import { createInStep, outboundInStep } from '../../src/embedded/in-step.ts';
import type { NoAnswer, OutboundRequest } from '../../src/ports/outbound.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const LATE: NoAnswer = { problem: 'timeout', detail: 'it took too long', sent: true };

test('whoever is alone waits for no turn', async () => {
  const inStep = createInStep();
  inStep.begin();
  const order: string[] = [];
  void nextTurn().then(() => order.push('turn'));
  await inStep.together();
  expect(order).toEqual([]);
});

test('those who ask in one turn go on together, in their order, whatever each of them does then', async () => {
  const inStep = createInStep();
  const order: string[] = [];
  const walk = async (name: string, turns: number) => {
    inStep.begin();
    // By then none of them is alone.
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    for (const step of ['decides', 'masks', 'answers']) {
      await inStep.together();
      order.push(`${name} ${step}`);
      await Promise.resolve();
      order.push(`${name} ${step} on`);
    }
    inStep.end();
  };
  await Promise.all([walk('a', 1), walk('b', 1), walk('late', 9)]);
  const both = ['decides', 'masks', 'answers'].flatMap((step) => [
    `a ${step}`,
    `b ${step}`,
    `a ${step} on`,
    `b ${step} on`,
  ]);
  expect(order.slice(0, both.length)).toEqual(both);
  expect(order.slice(both.length).every((step) => step.startsWith('late'))).toBe(true);
  expect(inStep.underWay()).toBe(0);
});

test('one that fails takes nobody along, and nobody is forgotten when others end', async () => {
  const inStep = createInStep();
  const walk = async (fails: boolean) => {
    inStep.begin();
    try {
      await inStep.together();
      if (fails) throw new Error('it has failed');
      await inStep.together();
      return 'answered';
    } finally {
      inStep.end();
    }
  };
  const ended = await Promise.allSettled([walk(true), walk(false), walk(true), walk(false)]);
  expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await walk(false)).toBe('answered');
});

test('what is sent in one turn is sent together, and comes back together, as it is', async () => {
  const inStep = createInStep();
  inStep.begin();
  inStep.begin();
  let closed = 0;
  const order: unknown[] = [];
  const answers = [LATE, { status: 204, headers: [], body: new Uint8Array() }];
  const outbound: ClosableOutbound = {
    send: async () => {
      order.push('sent');
      return answers.shift() ?? LATE;
    },
    close: () => {
      closed += 1;
    },
  };
  const stepping = outboundInStep(outbound, inStep);
  const send = async () => {
    const answer = await stepping.send({ timeoutMilliseconds: 1000 } as OutboundRequest);
    order.push('status' in answer ? answer.status : answer);
    await Promise.resolve();
    order.push('on');
  };
  await Promise.all([send(), send()]);
  expect(order).toEqual(['sent', 'sent', LATE, 204, 'on', 'on']);
  stepping.close();
  expect(closed).toBe(1);
});

test('the time that a turn takes is that of the call', async () => {
  const inStep = createInStep();
  inStep.begin();
  inStep.begin();
  const left: number[] = [];
  const outbound: ClosableOutbound = {
    send: async ({ timeoutMilliseconds }) => {
      left.push(timeoutMilliseconds);
      return LATE;
    },
    close: () => {},
  };
  const sent = [1000, 5].map((timeoutMilliseconds) =>
    outboundInStep(outbound, inStep).send({ timeoutMilliseconds } as OutboundRequest),
  );
  const until = performance.now() + 20;
  while (performance.now() < until);
  await Promise.all(sent);
  expect(left[0]).toBeLessThanOrEqual(980);
  expect(left[1]).toBe(1);
});
