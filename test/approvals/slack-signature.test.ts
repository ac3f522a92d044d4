// Whose requests are taken for Slack's: its published example, and nothing that is near to it.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFromSlack, type SignedBySlack } from '../../src/approvals/slack-signature.ts';
import { Secret } from '../../src/shared/secret.ts';

/** From Slack's page on verifying requests. */
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&' +
  'channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&' +
  'response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&' +
  'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const TIMESTAMP = '1531420618';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const HEX = SIGNATURE.slice('v0='.length);

const EXAMPLE: SignedBySlack = {
  rawBody: Buffer.from(BODY),
  timestamp: TIMESTAMP,
  signature: SIGNATURE,
  signingSecret: new Secret(SECRET),
  now: new Date(Number(TIMESTAMP) * 1000),
};

const is = (changed: Partial<SignedBySlack>) => isFromSlack({ ...EXAMPLE, ...changed });
const later = (milliseconds: number) => new Date(Number(TIMESTAMP) * 1000 + milliseconds);

/** Signed as Slack does, whatever it is that is signed. */
function signed(
  timestamp: string,
  rawBody: Uint8Array = EXAMPLE.rawBody,
  secret = SECRET,
): Partial<SignedBySlack> {
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex');
  return { timestamp, rawBody, signature: `v0=${mac}` };
}

it("takes Slack's published example", () => {
  expect(is({})).toBe(true);
});

describe('a request', () => {
  it.each([0, 1, 299_999, 300_000, -1, -300_000])('is taken %i ms after it was signed', (milliseconds) => {
    expect(is({ now: later(milliseconds) })).toBe(true);
  });

  it.each([300_001, 600_000, 86_400_000, 8 * 365 * 86_400_000])('is old after %i ms', (milliseconds) => {
    expect(is({ now: later(milliseconds) })).toBe(false);
  });

  it.each([-300_001, -86_400_000])('is from the future at %i ms', (milliseconds) => {
    expect(is({ now: later(milliseconds) })).toBe(false);
  });

  it('is refused at no time at all', () => {
    expect(is({ now: new Date(Number.NaN) })).toBe(false);
  });

  it.each([
    ['a word added', `${BODY}&a=b`],
    ['a space added', `${BODY} `],
    ['nothing left', ''],
    ['another user', BODY.replace('U2CERLKJA', 'U2CERLKJB')],
    ['the same decoded', decodeURIComponent(BODY)],
    ['other capitals in an escape', BODY.replace('%2F', '%2f')],
  ])('that was altered is refused: %s', (_, body) => {
    expect(is({ rawBody: Buffer.from(body) })).toBe(false);
  });

  it('is refused with any one byte of it changed', () => {
    fc.assert(
      fc.property(fc.nat({ max: BODY.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const rawBody = Uint8Array.from(EXAMPLE.rawBody, (byte, index) =>
          index === at ? byte ^ mask : byte,
        );
        expect(is({ rawBody })).toBe(false);
      }),
    );
  });

  it('need not be UTF-8, and is judged by its bytes', () => {
    const rawBody = Uint8Array.from([0xff, 0xfe, 0x00, 0xc3, 0x28]);
    expect(is(signed(TIMESTAMP, rawBody))).toBe(true);
    // What decoding would make of it.
    expect(is({ ...signed(TIMESTAMP, rawBody), rawBody: Buffer.from(Buffer.from(rawBody).toString()) })).toBe(
      false,
    );
  });
});

describe('a timestamp', () => {
  it.each([
    undefined,
    '',
    ` ${TIMESTAMP}`,
    `${TIMESTAMP} `,
    `${TIMESTAMP}\n`,
    `${TIMESTAMP}, ${TIMESTAMP}`,
    `+${TIMESTAMP}`,
    `-${TIMESTAMP}`,
    `${TIMESTAMP}.0`,
    '1.531420618e9',
    '0x5b47a00a',
    '2018-07-12T18:36:58Z',
    '\u0661\u0665\u0663\u0661\u0664\u0662\u0660\u0666\u0661\u0668',
    '1'.repeat(400),
    'NaN',
    'Infinity',
  ])('is refused as %j, even signed', (timestamp) => {
    expect(is({ ...signed(timestamp ?? ''), timestamp })).toBe(false);
  });

  it('is part of what is signed', () => {
    expect(is({ timestamp: String(Number(TIMESTAMP) + 1) })).toBe(false);
  });

  it('ends where the body begins', () => {
    const rawBody = Buffer.from(`8:${BODY}`);
    expect(is({ ...signed('153142061', rawBody), timestamp: TIMESTAMP, rawBody: EXAMPLE.rawBody })).toBe(
      false,
    );
  });
});

describe('a signature', () => {
  it.each([
    undefined,
    '',
    'v0=',
    HEX,
    `v1=${HEX}`,
    `V0=${HEX}`,
    `v0=${HEX.toUpperCase()}`,
    `v0=${HEX.slice(1)}`,
    `v0=${HEX.slice(2)}`,
    `v0=${HEX}0`,
    `v0=${HEX}00`,
    `v0=${HEX} `,
    `v0=${HEX}\n`,
    ` v0=${HEX}`,
    `v0=${HEX}, v0=${HEX}`,
    `v0=${HEX.slice(0, -1)}4`,
    `v0=${HEX.slice(0, -2)}zz`,
    `v0=${'0'.repeat(64)}`,
    `v0=${Buffer.from(HEX, 'hex').toString('base64')}`,
  ])('is refused as %j', (signature) => {
    expect(is({ signature })).toBe(false);
  });

  it.each([`${SECRET}0`, SECRET.slice(1), SECRET.toUpperCase(), 'x'])(
    'is refused under the secret %s',
    (secret) => {
      expect(is({ signingSecret: new Secret(secret) })).toBe(false);
    },
  );

  it('counts for nothing under an empty secret', () => {
    expect(is({ ...signed(TIMESTAMP, EXAMPLE.rawBody, ''), signingSecret: new Secret('') })).toBe(false);
  });
});
