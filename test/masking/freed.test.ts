// What is found only once its neighbour is masked is found at once.
import { describe, expect, it } from 'vitest';
import { createMasker, NO_RULES } from '../../src/masking/index.ts';

const keys = { current: { id: 'k1', key: new Uint8Array(32).fill(7) } };
const masker = createMasker(NO_RULES, keys);

describe('beside what is masked', () => {
  it.each([
    ['10.1.2.3-219-09-9999', ['10.1.2.3', '219-09-9999']],
    // A number that has a form of its own, further on, keeps nothing before it from being seen.
    [
      'bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq 4111111111111111',
      ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', '4111111111111111'],
    ],
    ['06-12345678 4111  1111  1111  1111', ['06-12345678', '4111  1111  1111  1111']],
  ])('%s', (text, values) => {
    const spans = masker.find(text);
    expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(values);
    expect(masker.find(masker.text(text))).toEqual([]);
  });

  it('a label that somebody wrote hides nothing', () => {
    for (const text of ['jo@example.com[EMAIL]', '[EMAIL]jo@example.com', 'GB82WEST12345698765432[EMAIL]']) {
      expect(masker.text(text)).not.toMatch(/jo@|GB82/u);
    }
  });
});

describe('two values of which one lies within the other', () => {
  it.each([
    ['dob: +33 1 23 45 65', 'dob: [DATE_OF_BIRTH]'],
    ['Né le +33 1 23 45 67 89', 'Né le [DATE_OF_BIRTH]'],
    ['zip +4-8161–031', 'zip [PHONE]'],
    ['account no. (555) 123-4567', 'account no. [PHONE]'],
    ['account number +1 (555) 123-4567', 'account number [PHONE]'],
    ['passport +49-3699062', 'passport [PHONE]'],
    ['passport no (030) 1234567', 'passport no [PHONE]'],
    ['passport holder tel +49 1234567', 'passport holder tel [PHONE]'],
    ['bank account 030/1234567', 'bank account [PHONE]'],
    ['ssn 006/ 494720862', 'ssn [PHONE]'],
    ['dob65 17 08 39 J 003', 'dob[DATE_OF_BIRTH]'],
    ['Kontonummer%B4111111111111111^L^', 'Kontonummer%B[CREDIT_CARD]'],
  ])('%s leaves no head and no tail of the longer', (text, masked) => {
    expect(masker.text(text)).toBe(masked);
  });
});

describe('a value right after another, its mark or its bracket', () => {
  it.each([
    'ssn 219-09-9999:04 / 1234567',
    '613-414-107 37:04 / 1234569',
    '2.8.1.1:04 / 1234567',
    'call 0241008 ext2:0416)827',
    'SECRET:MR13 14 61B}0apikey',
    'keystorepass:tudioinkey}ouslqQuGUetvd7z',
    'Authorization: Basic ann:$apr1$qAEGoNji825pfyW0ktOz',
  ])('%s is masked at once', (text) => {
    const once = masker.text(text);
    expect(masker.text(once)).toBe(once);
  });

  it('leaves a port as it is', () => {
    expect(masker.text('10.0.0.1:8080 and 10.0.0.2:443, then')).toBe(
      '[IP_ADDRESS]:8080 and [IP_ADDRESS]:443, then',
    );
  });
});

describe('patterns that keep', () => {
  const pattern = { type: 'EMAIL', match: '[a-z]{1,20}@acme\\.example', action: 'keep' as const };
  const keeping = createMasker({ ...NO_RULES, patterns: [pattern] }, keys);

  it('keep what they match and no more, and count nothing', () => {
    const tally = new Map<string, number>();
    expect(keeping.text('jo@private.example bob@acme.example', tally)).toBe('[EMAIL] bob@acme.example');
    expect([...tally]).toEqual([['EMAIL', 1]]);
  });

  it('keep in the order of any text', () => {
    const text = 'bob@acme.example x@y.example '.repeat(50);
    expect(keeping.text(text)).toBe('bob@acme.example [EMAIL] '.repeat(50));
  });
});

describe('pseudonyms', () => {
  const named = createMasker(
    { ...NO_RULES, detectors: { CREDIT_CARD: 'pseudonym', EMAIL: 'pseudonym' } },
    keys,
  );

  it('are the same however a number is parted', () => {
    const [one, ...others] = ['4111111111111111', '4111 1111 1111 1111', '4111-1111-1111-1111'].map((card) =>
      named.text(card),
    );
    expect(others).toEqual([one, one]);
  });

  it('say which key made them', () => {
    const other = createMasker(
      { ...NO_RULES, detectors: { EMAIL: 'pseudonym' } },
      { current: { id: 'k2', key: new Uint8Array(32).fill(8) } },
    );
    expect(named.text('jo@example.com')).toMatch(/^\[EMAIL:k1-[a-z2-7]{16}\]$/u);
    expect(other.text('jo@example.com')).toMatch(/^\[EMAIL:k2-[a-z2-7]{16}\]$/u);
    expect(other.text('jo@example.com').slice(10)).not.toBe(named.text('jo@example.com').slice(10));
  });
});
