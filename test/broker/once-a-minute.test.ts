// What is told once in a minute: the first of each, also after one that failed.
import { expect, it } from 'vitest';
import { createOnceAMinute } from '../../src/broker/once-a-minute.ts';

const at = (milliseconds: number) => new Date(Date.UTC(2026, 2, 2) + milliseconds);

it('does the first of a minute, of each by itself', async () => {
  const told = createOnceAMinute();
  const done: string[] = [];
  const tell = (name: string, milliseconds: number) =>
    told.tell([name], at(milliseconds), async () => done.push(`${name} ${milliseconds}`));
  for (const milliseconds of [0, 1, 59_999, 60_000, 60_001]) {
    await tell('one', milliseconds);
    await tell('other', milliseconds);
  }
  expect(done).toEqual(['one 0', 'other 0', 'one 60000', 'other 60000']);
});

it('takes no two for the same whose parts differ', async () => {
  const told = createOnceAMinute();
  let done = 0;
  for (const about of [['a', 'b'], ['ab'], ['a,b'], ['a', '', 'b']]) {
    await told.tell(about, at(0), async () => {
      done += 1;
    });
  }
  expect(done).toBe(4);
});

it('tries again where it failed, and lets the failure be seen', async () => {
  const told = createOnceAMinute();
  const failing = told.tell(['one'], at(0), () => Promise.reject(new Error('no room')));
  await expect(failing).rejects.toThrow('no room');
  let done = 0;
  await told.tell(['one'], at(1), async () => {
    done += 1;
  });
  expect(done).toBe(1);
});

it('does it once for those who come at the same time', async () => {
  const told = createOnceAMinute();
  let done = 0;
  const one = () =>
    told.tell(['one'], at(0), async () => {
      done += 1;
    });
  await Promise.all([one(), one(), one()]);
  expect(done).toBe(1);
});

it('forgets rather than grow without end', async () => {
  const told = createOnceAMinute();
  let again = 0;
  const first = async () => {
    again += 1;
  };
  await told.tell(['first'], at(0), first);
  for (let other = 0; other < 1500; other += 1) await told.tell([String(other)], at(0), async () => {});
  await told.tell(['first'], at(0), first);
  expect(again).toBe(2);
});
