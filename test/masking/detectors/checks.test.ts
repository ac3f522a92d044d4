// Check digits: what was given out passes, and what a slip of the hand makes of it does not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase58, isBase58, isBase58Check } from '../../../src/masking/detectors/kit/base58.ts';
import { isBech32, isCashAddress } from '../../../src/masking/detectors/kit/bech32.ts';
import {
  ean13,
  isDay,
  luhn,
  mod97,
  mod112,
  mod1110,
  verhoeff,
  weightedSum,
} from '../../../src/masking/detectors/kit/checks.ts';
import { isIban } from '../../../src/masking/detectors/kit/ibans.ts';
import { shapesOf } from '../../../src/masking/detectors/kit/shapes.ts';

const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((all) => all.join(''));
const TEN = [...'0123456789'];

interface Checked {
  readonly name: string;
  readonly passes: (text: string) => boolean;
  readonly body: number;
  /** Published by whoever gives such numbers out, or by the standard. */
  readonly published: readonly string[];
}

const CHECKED: readonly Checked[] = [
  {
    name: 'luhn',
    passes: luhn,
    body: 15,
    published: ['4111111111111111', '378282246310005', '79927398713'],
  },
  { name: 'verhoeff', passes: verhoeff, body: 11, published: ['2363', '123451'] },
  { name: 'mod 11,10', passes: mod1110, body: 10, published: ['86095742719', '69435151530'] },
  { name: 'ean 13', passes: ean13, body: 12, published: ['4006381333931', '7569217076985'] },
];

describe.each(CHECKED)('$name', ({ passes, body, published }) => {
  it('lets what was published pass', () => {
    expect(published.filter((one) => !passes(one))).toEqual([]);
  });

  it('has one last digit for each number', () => {
    fc.assert(
      fc.property(digits(body), (given) => {
        expect(TEN.filter((last) => passes(given + last))).toHaveLength(1);
      }),
    );
  });

  it('notices one wrong digit', () => {
    fc.assert(
      fc.property(digits(body), fc.nat(body - 1), fc.integer({ min: 1, max: 9 }), (given, at, by) => {
        const good = given + TEN.find((last) => passes(given + last));
        const wrong = good.slice(0, at) + ((Number(good[at]) + by) % 10) + good.slice(at + 1);
        expect(passes(wrong)).toBe(false);
      }),
    );
  });
});

it('Verhoeff notices two neighbours that changed places', () => {
  fc.assert(
    fc.property(digits(11), fc.nat(9), (given, at) => {
      const good = given + TEN.find((last) => verhoeff(given + last));
      const [one, other] = [good[at] as string, good[at + 1] as string];
      fc.pre(one !== other);
      expect(verhoeff(good.slice(0, at) + other + one + good.slice(at + 2))).toBe(false);
    }),
  );
});

describe('mod 11-2', () => {
  it('lets what was published pass, X for ten', () => {
    expect(['11010519491231002X', '07940'].filter((one) => !mod112(one))).toEqual([]);
  });

  it('has one last character for each number', () => {
    fc.assert(
      fc.property(digits(17), (given) => {
        expect([...TEN, 'X'].filter((last) => mod112(given + last))).toHaveLength(1);
      }),
    );
  });
});

describe('mod 97', () => {
  it('is what a great number leaves', () => {
    fc.assert(
      fc.property(digits(30), (given) => {
        expect(mod97(given)).toBe(Number(BigInt(given) % 97n));
      }),
    );
  });

  it('reads letters as two digits', () => {
    expect(mod97('AZ')).toBe(1035 % 97);
  });

  it('knows the registry’s examples', () => {
    const examples = [
      ...['GB29NWBK60161331926819', 'DE89370400440532013000', 'FR1420041010050500013M02606'],
      ...['MT84MALT011000012345MTLCAST001S', 'NO9386011117947', 'LC55HEMM000100010012001200023015'],
    ];
    expect(examples.filter((one) => !isIban(one))).toEqual([]);
    expect(examples.filter((one) => isIban(`${one.slice(0, 5)}${one.slice(6)}${one[5]}`))).toEqual([]);
  });
});

describe('weighted sums and days', () => {
  it('count each digit with its weight', () => {
    expect(weightedSum('123', [3, 2, 1])).toBe(10);
    expect(weightedSum('123', [1])).toBe(1);
  });

  it('know the days that there are', () => {
    expect([isDay(2, 29), isDay(12, 31), isDay(4, 31), isDay(13, 1), isDay(0, 1), isDay(1, 0)]).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('encodings of wallets', () => {
  it('read base58 and its checksum', () => {
    expect(Buffer.from(fromBase58('StV1DL6CwTryKyV')).toString()).toBe('hello world');
    expect(isBase58Check(fromBase58('1BoatSLRHtKNngkdXEeobR76b53LETtpyT'))).toBe(true);
    expect(isBase58Check(fromBase58('1BoatSLRHtKNngkdXEeobR76b53LETtpyU'))).toBe(false);
    expect([isBase58('0'), isBase58('é'), isBase58(''), isBase58('1z')]).toEqual([false, false, false, true]);
  });

  it('read both kinds of bech32', () => {
    expect(isBech32('bc', 'qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq')).toBe(true);
    expect(isBech32('bc', 'p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr')).toBe(true);
    expect(isBech32('bc', 'qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp')).toBe(false);
  });

  it("read Bitcoin Cash's", () => {
    expect(isCashAddress('qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a')).toBe(true);
    expect(isCashAddress('qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q')).toBe(false);
  });
});

describe('shapes', () => {
  it('are all that a place of either kind can make, and hold a digit', () => {
    expect(shapesOf('LAD')).toEqual(['L1D2', 'L2D1']);
    expect(shapesOf('LA')).toEqual(['L1D1']);
    expect(shapesOf('DLAD', [2, 2])).toEqual(['D1L1 D2', 'D1L1 L1D1']);
  });
});
