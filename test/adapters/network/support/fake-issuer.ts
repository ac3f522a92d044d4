// An issuer in this process that can publish, fail and dawdle, and its keys as they are kept.
import { createIssuerKeys } from '../../../../src/adapters/network/issuer-keys.ts';
import { heldClock } from './held-clock.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export const key = (kid: string) => ({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid });

/** A token as its key is asked for: by the key's name, or by nothing but that key's signature. */
export type Token = string | { readonly by: string };

/** Tokens whose keys have these names, and say so or do not. */
export const KINDS: readonly (readonly [string, (kid: string) => Token])[] = [
  ['that name their keys', (kid) => kid],
  ['that name no key', (kid) => ({ by: kid })],
  ['of both kinds', (kid) => (kid.length % 2 === 0 ? kid : { by: kid })],
];

export function fakeIssuer(...kids: readonly string[]) {
  const clock = heldClock();
  const issuer = { kids, fails: false };
  const began: number[] = [];
  let dawdle: Promise<void> | undefined;
  let underWay = 0;
  let mostAtOnce = 0;
  const keysOf = createIssuerKeys({
    clock,
    async fetchKeys() {
      began.push(clock.elapsed());
      underWay += 1;
      mostAtOnce = Math.max(mostAtOnce, underWay);
      // What is published by now is what comes back, however long that takes.
      const published = issuer.kids.map(key);
      const { fails } = issuer;
      await dawdle;
      underWay -= 1;
      if (fails) throw new Error('the issuer is out');
      return published;
    },
  });
  const ask = async (token?: Token) => {
    const keys =
      typeof token === 'object'
        ? await keysOf(undefined, (known) => known.some(({ kid }) => kid === token.by))
        : await keysOf(token);
    return keys.map(({ kid }) => kid);
  };
  /** What an answer is, if it comes before time goes on. */
  const askNow = async (token?: Token) => {
    const answer = ask(token).then(
      (kids) => kids,
      (error: unknown) => error,
    );
    return Promise.race([answer, clock.advance(0).then(() => 'waiting')]);
  };
  const slow = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    dawdle = promise;
    return () => {
      dawdle = undefined;
      resolve();
    };
  };
  /** Time goes on until the answer is there. */
  const askPatiently = async (token: Token) => {
    const before = clock.elapsed();
    let answered: number | undefined;
    const answer = ask(token).finally(() => {
      answered = clock.elapsed();
    });
    while (answered === undefined) await clock.advance(100);
    return { kids: await answer, waited: answered - before };
  };
  return { clock, issuer, began, mostAtOnce: () => mostAtOnce, ask, askNow, askPatiently, slow };
}
