// When an issuer's keys are fetched, that its new keys work at once, and what stands in while it fails.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIssuerKeys } from '../../../src/adapters/network/issuer-keys.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { fakeIssuer, HOUR, KINDS, MINUTE, SECOND } from './support/fake-issuer.ts';
import { heldClock } from './support/held-clock.ts';

describe('a set of keys', () => {
  it('is fetched once for all who ask at the same time', async () => {
    const { ask, began, mostAtOnce } = fakeIssuer('one', 'two');
    const asked = Array.from({ length: 50 }, (_, i) => ask(['one', 'two', undefined][i % 3]));
    for (const kids of await Promise.all(asked)) expect(kids).toEqual(['one', 'two']);
    expect([began.length, mostAtOnce()]).toEqual([1, 1]);
  });

  it('is good for ten minutes, and then fetched again', async () => {
    const { clock, issuer, ask, began } = fakeIssuer('one');
    await ask('one');
    issuer.kids = ['one', 'two'];
    await clock.advance(10 * MINUTE - 1);
    expect(await ask('one')).toEqual(['one']);
    await clock.advance(1);
    expect(await ask()).toEqual(['one', 'two']);
    expect(began).toEqual([0, 10 * MINUTE]);
  });

  it('that is being fetched again holds up one token, and the others are judged by the one at hand', async () => {
    const { clock, issuer, ask, askNow, slow, began } = fakeIssuer('one');
    await ask('one');
    await clock.advance(10 * MINUTE);
    issuer.kids = ['two'];
    const release = slow();
    const first = ask('one');
    expect(await askNow('one')).toEqual(['one']);
    release();
    expect(await first).toEqual(['two']);
    expect(await ask('two')).toEqual(['two']);
    expect(began).toHaveLength(2);
  });

  it('loses what the issuer withdrew', async () => {
    const { clock, issuer, ask } = fakeIssuer('one', 'two');
    await ask('one');
    issuer.kids = [];
    await clock.advance(10 * MINUTE);
    expect(await ask('one')).toEqual([]);
  });
});

describe.each(KINDS)('a new key of tokens %s', (_, token) => {
  it('is fetched for its first token, which waits for nothing', async () => {
    const { clock, issuer, askNow, ask, began } = fakeIssuer('one');
    await ask('one');
    await clock.advance(2 * SECOND);
    issuer.kids = ['two'];
    expect(await askNow(token('two'))).toEqual(['two']);
    expect(began).toEqual([0, 2 * SECOND]);
  });

  it('works from its first token on, though the last fetch was just before', async () => {
    const { issuer, ask, askPatiently } = fakeIssuer('one');
    await ask('one');
    for (const kid of ['two', 'three', 'four', 'five', 'six']) {
      issuer.kids = [kid];
      const { kids, waited } = await askPatiently(token(kid));
      expect(kids).toEqual([kid]);
      expect(waited).toBeLessThanOrEqual(SECOND);
    }
  });

  it('works though it was published while a fetch was under way', async () => {
    const { clock, issuer, ask, slow } = fakeIssuer('one');
    const release = slow();
    const cold = ask('one');
    await clock.advance(0);
    issuer.kids = ['one', 'two'];
    const asked = ask(token('two'));
    release();
    expect(await cold).toEqual(['one']);
    await clock.advance(SECOND);
    expect(await asked).toEqual(['one', 'two']);
  });

  it('works though bad tokens have just used up a fetch, and those cause no other', async () => {
    const { clock, issuer, ask, began } = fakeIssuer('one');
    await ask('one');
    await clock.advance(2 * MINUTE);
    const bad = Array.from({ length: 100 }, (__, i) => ask(token(`bad-${i}`)));
    await clock.advance(10);
    issuer.kids = ['one', 'two'];
    const good = ask(token('two'));
    const more = Array.from({ length: 100 }, (__, i) => ask(token(`worse-${i}`)));
    await clock.advance(SECOND);
    expect(await good).toEqual(['one', 'two']);
    await Promise.all([...bad, ...more]);
    expect(began).toHaveLength(3);
  });

  it('works whenever it comes within the first seconds of a flood', async () => {
    const moment = fc.nat(6900);
    const flood = fc.array(moment, { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(flood, moment, moment, fc.boolean(), async (bad, one, another, isWarm) => {
        const { clock, issuer, ask } = fakeIssuer('one');
        if (isWarm) {
          await ask('one');
          await clock.advance(2 * MINUTE);
        }
        const start = clock.elapsed();
        const [published, used] = one < another ? [one, another] : [another, one];
        let good: Promise<readonly (string | undefined)[]> | undefined;
        const steps = [...bad.map((at) => ({ at, what: 'bad' }))];
        steps.push({ at: published, what: 'published' }, { at: used, what: 'used' });
        const all: Promise<unknown>[] = [];
        for (const { at, what } of steps.sort((a, b) => a.at - b.at)) {
          await clock.advance(start + at - clock.elapsed());
          if (what === 'bad') all.push(ask(token(`bad-${at}`)));
          else if (what === 'published') issuer.kids = ['one', 'two'];
          else good = ask(token('two'));
        }
        await clock.advance(5 * SECOND);
        expect(await good).toContain('two');
        await clock.advance(MINUTE);
        await Promise.all(all);
      }),
      { numRuns: 60 },
    );
  });

  it('of a token that names none, which no known key made, costs one fetch where nothing was known', async () => {
    const { askNow, began } = fakeIssuer('one');
    expect(await askNow(token('forged'))).toEqual(['one']);
    expect(began).toEqual([0]);
  });
});

describe('a new key', () => {
  it('works from its first token on where no key has a name, however often they change', async () => {
    const clock = heldClock();
    let x = 'one';
    const keysOf = createIssuerKeys({
      clock,
      fetchKeys: async () => [{ kty: 'EC', crv: 'P-256', x, y: 'y' }],
    });
    const seen = async () =>
      (await keysOf(undefined, (keys) => keys.some((key) => key.x === x))).map((key) => key.x);
    for (x of ['one', 'two', 'three', 'four', 'five', 'six']) {
      const answer = seen();
      await clock.advance(SECOND);
      expect(await answer).toEqual([x]);
    }
  });
});

describe('an issuer that fails', () => {
  it('is asked once in five seconds, and nobody waits for it', async () => {
    const { clock, issuer, ask, askNow, began } = fakeIssuer('one');
    issuer.fails = true;
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => ask()));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await clock.advance(5 * SECOND - 1);
    expect(await askNow('one')).toBeInstanceOf(Unavailable);
    expect(began).toHaveLength(1);
    issuer.fails = false;
    await clock.advance(1);
    expect(await askNow('one')).toEqual(['one']);
    expect(began).toHaveLength(2);
  });

  it('is stood in for by its last good keys for a day, and no longer', async () => {
    const { clock, issuer, ask, askNow, began } = fakeIssuer('one');
    await ask();
    issuer.fails = true;
    await clock.advance(24 * HOUR - 1);
    expect(await askNow('one')).toEqual(['one']);
    expect(await askNow('bad')).toEqual(['one']);
    expect(began).toHaveLength(2);
    await clock.advance(1);
    expect(await askNow('one')).toBeInstanceOf(Unavailable);
    issuer.fails = false;
    issuer.kids = ['two'];
    await clock.advance(5 * SECOND);
    expect(await askNow('two')).toEqual(['two']);
  });

  it('holds up one token a minute while its last good keys stand in', async () => {
    const { clock, issuer, ask, askNow, began } = fakeIssuer('one');
    await ask();
    issuer.fails = true;
    await clock.advance(10 * MINUTE);
    for (let at = 0; at < 10 * MINUTE; at += SECOND) {
      expect(await askNow('one')).toEqual(['one']);
      await clock.advance(SECOND);
    }
    expect(began).toHaveLength(1 + 10);
  });

  it('takes no longer to come back for a flood that went before, and is then waited for again', async () => {
    const { clock, issuer, ask, askNow, askPatiently } = fakeIssuer('one');
    await ask('one');
    issuer.fails = true;
    const all: Promise<unknown>[] = [];
    for (let at = 0; at < MINUTE; at += SECOND) {
      all.push(ask(`bad-${at}`));
      await clock.advance(SECOND);
    }
    issuer.fails = false;
    issuer.kids = ['two'];
    await clock.advance(5 * SECOND);
    expect(await askNow('two')).toEqual(['two']);
    issuer.kids = ['three'];
    expect(await askPatiently('three')).toEqual({ kids: ['three'], waited: SECOND });
    await Promise.all(all);
  });
});

describe('where the clock is set back', () => {
  it('an issuer that failed is asked again as soon as before', async () => {
    const { clock, issuer, ask } = fakeIssuer('one');
    issuer.fails = true;
    await expect(ask('one')).rejects.toThrow(Unavailable);
    issuer.fails = false;
    await clock.advance(-HOUR);
    await expect(ask('one')).rejects.toThrow(Unavailable);
    await clock.advance(6 * SECOND);
    expect(await ask('one')).toEqual(['one']);
  });

  it('a new key is fetched all the same, and the set as often as before', async () => {
    const { clock, issuer, ask, began } = fakeIssuer('one');
    await ask('one');
    await clock.advance(-HOUR);
    await ask('one');
    await clock.advance(5 * SECOND);
    issuer.kids = ['one', 'two'];
    expect(await ask('two')).toEqual(['one', 'two']);
    await clock.advance(10 * MINUTE);
    await ask('one');
    expect(began).toHaveLength(3);
  });
});
