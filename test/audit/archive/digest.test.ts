// A digest's file is the digest to the letter, or none at all.
import { describe, expect, test } from 'vitest';
import {
  type Digest,
  digestText,
  isSignedAsNamed,
  readDigest,
  type SignedDigest,
} from '../../../src/audit/index.ts';
import { digestAt, fileAt, signedFile, smallArchive, testKey } from '../../support/archives.ts';

const { files, keys } = smallArchive();
const [ONE, TWO] = keys;
const TEXT = Buffer.from(fileAt(files, 'digests/digest-0000000003.json')).toString();
const read = (text: string) => readDigest(Buffer.from(text));

function signed(change: Partial<Digest>): SignedDigest {
  const found = readDigest(signedFile({ ...digestAt(files, 3), ...change }, TWO));
  if (found === undefined) throw new Error('no digest');
  return found;
}

test('it is read back as it was written', () => {
  const digest = read(TEXT);
  expect(digest?.digest).toMatchObject({ sequence: 3, events: 24 });
  expect(digest && digestText(digest)).toBe(TEXT);
});

describe('no digest', () => {
  test.each([
    ['white space at its end', `${TEXT}\n`],
    ['white space within', TEXT.replace(':', ': ')],
    ['a mark at its beginning', `\ufeff${TEXT}`],
    ['a member more', TEXT.replace('"digest":{', '"digest":{"also":1,')],
    ['a member twice', TEXT.replace('"events":24', '"events":24,"events":24')],
    ['a member less', TEXT.replace('"previous":', '"before":')],
    ['another order', TEXT.replace(/^(\{)("digest":.*),("signature":\{.*\})\}$/, '$1$3,$2}')],
    ['a number written otherwise', TEXT.replace('"sequence":3', '"sequence":3.0')],
    ['a fraction', TEXT.replace('"sequence":3', '"sequence":3.5')],
    ['no number', TEXT.replace('"sequence":3', '"sequence":0')],
    ['less than nothing', TEXT.replace('"events":24', '"events":-1')],
    [
      'large letters in a hash',
      TEXT.replace(/"root":"[^"]+"/, (text) => text.toUpperCase().replace('ROOT', 'root')),
    ],
    ['another format', TEXT.replace('bailiwick-digest-1', 'bailiwick-digest-2')],
    ['another algorithm', TEXT.replace('ECDSA_SHA_256', 'NONE')],
    ['an escape that needs none', TEXT.replace('digest-1', '\\u0064igest-1')],
    ['nothing', ''],
    ['no JSON', 'digest'],
  ])('with %s', (_, text) => {
    expect(text).not.toBe(TEXT);
    expect(read(text)).toBeUndefined();
  });

  test('of bytes that are no text', () => {
    expect(
      readDigest(
        Buffer.concat([Buffer.from(TEXT.slice(0, 40)), Buffer.of(0xff), Buffer.from(TEXT.slice(40))]),
      ),
    ).toBeUndefined();
  });
});

describe('a signature', () => {
  test('holds by the key that is named', () => {
    expect(isSignedAsNamed(signed({}))).toBe(true);
  });

  test.each([
    ['another key is named', { key: ONE.named }],
    ['the key has the id of another', { key: { ...TWO.named, id: ONE.id } }],
    ['the key is none', { key: { ...TWO.named, publicKey: 'AAAA' } }],
  ])('does not hold where %s', (_, change) => {
    expect(isSignedAsNamed(signed(change))).toBe(false);
  });

  test('does not hold for what says anything else', () => {
    const { digest, signature } = signed({});
    expect(isSignedAsNamed({ digest: { ...digest, events: 23 }, signature })).toBe(false);
    const { signature: other } = readDigest(signedFile(digest, testKey())) ?? { signature };
    expect(isSignedAsNamed({ digest, signature: other })).toBe(false);
  });
});
