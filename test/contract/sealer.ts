// What every adapter of Sealer and Unsealer must do.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SealContext, Sealer, Unsealer } from '../../src/ports/sealer.ts';
import { type Open, useSubject } from './support/subject.ts';

export const CONTEXT: SealContext = {
  task: 'task_01hq3x6v9abcdefghjkmnpqrst',
  call: 'call_01hq3x6v9zyxwvtsrqpnmkjhgf',
};
const { task, call } = CONTEXT;

export function sealerContract(open: Open<Sealer & Unsealer>): void {
  const subject = useSubject(open);

  it.each([0, 1, 15, 16, 17, 1000, 3_000_000])('gives back every one of %i bytes', async (length) => {
    const { port } = subject();
    const plain = randomBytes(length);
    const kept = Buffer.from(plain);
    const sealed = await port.seal(plain, CONTEXT);
    expect(plain.equals(kept), 'what was sealed is left as it was').toBe(true);
    expect(kept.equals((await port.unseal(sealed, CONTEXT)) ?? randomBytes(1))).toBe(true);
    // However often.
    expect((await port.unseal(sealed, CONTEXT))?.length).toBe(length);
  });

  it.each([
    ['another call', { task, call: 'call_01hq3x6v9zyxwvtsrqpnmkjhgg' }],
    ['another task', { task: 'task_01hq3x6v9abcdefghjkmnpqrss', call }],
    ['each in the place of the other', { task: call, call: task }],
    ['the border between them moved', { task: `${task}c`, call: call.slice(1) }],
    ['more of the same', { task, call: `${call} ` }],
  ])('opens for nothing else: %s', async (_, other) => {
    const { port } = subject();
    const sealed = await port.seal(Buffer.from('canary'), CONTEXT);
    expect(await port.unseal(sealed, other)).toBeUndefined();
  });

  it('opens nothing of which any byte was changed, taken away or added', async () => {
    const { port } = subject();
    const sealed = await port.seal(Buffer.from('canary'), CONTEXT);
    const changed = Array.from(sealed, (byte, at) => {
      const copy = Uint8Array.from(sealed);
      copy[at] = byte ^ (1 << (at % 8));
      return copy;
    });
    const cut = Array.from(sealed, (_, at) => sealed.subarray(0, at));
    const grown = [Buffer.concat([sealed, Buffer.from([0])]), Buffer.concat([Buffer.from([0]), sealed])];
    for (const each of [...changed, ...cut, ...grown]) {
      expect(await port.unseal(each, CONTEXT)).toBeUndefined();
    }
    expect(Buffer.from((await port.unseal(sealed, CONTEXT)) ?? []).toString()).toBe('canary');
  });

  it('opens nothing that it has not sealed', async () => {
    const { port } = subject();
    const first = fc.constantFrom(0, 1, 2, 3, 0xff);
    await fc.assert(
      fc.asyncProperty(first, fc.uint8Array({ maxLength: 300 }), async (version, rest) => {
        expect(await port.unseal(Uint8Array.from([version, ...rest]), CONTEXT)).toBeUndefined();
      }),
      { numRuns: 100 },
    );
    expect(await port.unseal(new Uint8Array(), CONTEXT)).toBeUndefined();
  });

  it('says nothing of what is in it, not even that it is the same', async () => {
    const { port } = subject();
    const plain = Buffer.from('canary '.repeat(20));
    const sealed = await Promise.all(Array.from({ length: 20 }, () => port.seal(plain, CONTEXT)));
    expect(new Set(sealed.map((each) => Buffer.from(each).toString('hex'))).size).toBe(20);
    for (const each of sealed) expect(Buffer.from(each).includes('canary')).toBe(false);
  });

  it('keeps apart what is sealed at once', async () => {
    const { port } = subject();
    const contexts = Array.from({ length: 30 }, (_, at) => ({ task, call: `${call}${at}` }));
    const sealed = await Promise.all(contexts.map((each) => port.seal(Buffer.from(each.call), each)));
    const opened = await Promise.all(sealed.map((each, at) => port.unseal(each, contexts[at] ?? CONTEXT)));
    expect(opened.map((each) => Buffer.from(each ?? []).toString())).toEqual(
      contexts.map((each) => each.call),
    );
  });
}
