// How seldom an issuer's keys are fetched, and how short tokens wait, however many bad ones come.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssuerKeys, type IssuerKeys } from '../../../src/adapters/network/issuer-keys.ts';
import { fakeIssuer, KINDS, key, MINUTE, SECOND } from './support/fake-issuer.ts';
import { heldClock } from './support/held-clock.ts';

describe.each(KINDS)('a flood of bad tokens %s', (_, bad) => {
  it('causes one fetch per cooldown, and each cooldown is twice the last, up to 16 seconds', async () => {
    const { clock, ask, began } = fakeIssuer('one');
    const all: Promise<unknown>[] = [];
    for (let at = 0; at < 5 * MINUTE; at += 200) {
      all.push(ask(bad(`bad-${at}`)));
      await clock.advance(200);
    }
    const seconds = began.map((at) => Math.round(at / SECOND));
    expect(seconds.slice(0, 8)).toEqual([0, 1, 3, 7, 15, 31, 47, 63]);
    expect(began.length).toBeLessThanOrEqual(5 + (5 * MINUTE) / (16 * SECOND));
    await clock.advance(MINUTE);
    await Promise.all(all);
  });

  it('is answered at once most of the time, once it goes on', async () => {
    const { clock, ask, askNow } = fakeIssuer('one');
    const all: Promise<unknown>[] = [];
    const answers: unknown[] = [];
    for (let at = 0; at < 3 * MINUTE; at += 500) {
      if (at < MINUTE) all.push(ask(bad(`bad-${at}`)));
      else answers.push(await askNow(bad(`bad-${at}`)));
      await clock.advance(500);
    }
    const waiting = answers.filter((answer) => answer === 'waiting').length;
    expect(waiting).toBeGreaterThan(0);
    expect(waiting / answers.length).toBeLessThan(0.4);
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set(['"waiting"', '["one"]']),
    );
    await Promise.all(all);
  });

  it('never holds a token up for more than five seconds, and bounds the fetches, whenever its tokens come', async () => {
    const pauses = fc.array(fc.oneof(fc.nat(100), fc.nat(3000), fc.nat(90_000)), {
      minLength: 1,
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(pauses, async (waits) => {
        const { clock, ask, began, mostAtOnce } = fakeIssuer('one');
        const waited: number[] = [];
        for (const [i, pause] of waits.entries()) {
          const before = clock.elapsed();
          ask(bad(`bad-${i}`)).then(() => waited.push(clock.elapsed() - before));
          await clock.advance(pause);
        }
        const took = clock.elapsed();
        await clock.advance(MINUTE);
        expect(mostAtOnce()).toBe(1);
        expect(waited).toHaveLength(waits.length);
        expect(Math.max(...waited)).toBeLessThanOrEqual(5 * SECOND);
        expect(began.length).toBeLessThanOrEqual(7 + took / (15 * SECOND));
        for (const [i, at] of began.entries())
          expect(at - (began[i - 1] ?? -SECOND)).toBeGreaterThanOrEqual(SECOND);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves tokens of known keys alone', async () => {
    const { clock, ask, askNow, began } = fakeIssuer('one');
    await ask('one');
    const all = Array.from({ length: 20 }, (__, i) => ask(bad(`bad-${i}`)));
    expect(await askNow('one')).toEqual(['one']);
    expect(await askNow({ by: 'one' })).toEqual(['one']);
    expect(began).toHaveLength(1);
    await clock.advance(MINUTE);
    await Promise.all(all);
  });

  it('is over after a minute, and the next cooldown is a short one again', async () => {
    const { clock, issuer, ask, askNow, askPatiently } = fakeIssuer('one');
    const all: Promise<unknown>[] = [];
    for (let at = 0; at < 50 * SECOND; at += SECOND) {
      all.push(ask(bad(`bad-${at}`)));
      await clock.advance(SECOND);
    }
    await clock.advance(80 * SECOND);
    await Promise.all(all);
    await askNow(bad('bad'));
    issuer.kids = ['two'];
    const { kids, waited } = await askPatiently(bad('two'));
    expect(kids).toEqual(['two']);
    expect(waited).toBeLessThanOrEqual(SECOND);
  });
});

describe('a flood of bad tokens', () => {
  it.each<[string, (i: number) => Parameters<IssuerKeys>]>([
    ['name their keys', (i) => [`bad-${i}`]],
    ['name no key', () => [undefined, () => false]],
  ])('that %s makes nothing of keys without a name', async (_, asked) => {
    const clock = heldClock();
    let fetches = 0;
    const { kid: __, ...nameless } = key('');
    const keysOf = createIssuerKeys({
      clock,
      async fetchKeys() {
        fetches += 1;
        return [nameless];
      },
    });
    const all: Promise<unknown>[] = [];
    for (let i = 0; i < 300; i += 1) {
      all.push(keysOf(...asked(i)));
      await clock.advance(200);
    }
    await clock.advance(MINUTE);
    await Promise.all(all);
    expect(fetches).toBeLessThanOrEqual(9);
  });
});
