// Task tokens: what is minted opens, what is changed in any way does not, and keys rotate without refusing anyone.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeId } from '../../src/shared/ids.ts';
import { Secret } from '../../src/shared/secret.ts';
import {
  BadTokenKeys,
  freshTokenKey,
  isTaskTokenForm,
  mintTaskToken,
  openTaskToken,
  rotatedKeys,
  type TaskTokenClaims,
  type TokenKeys,
  tokenKeysOf,
  tokenKeysText,
} from '../../src/tasks/index.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const key = (name: string) => new Secret(`${name}-${'k'.repeat(40)}`);
const KEYS: TokenKeys = { current: key('current') };

const taskId = fc.uint8Array({ minLength: 10, maxLength: 10 }).map((tail) => makeId('task', NOW, tail));
const agentId = fc.stringMatching(/^[a-z0-9-]{2,40}$/);
const claims: fc.Arbitrary<TaskTokenClaims> = fc.record(
  {
    task: taskId,
    agent: agentId,
    ancestors: fc.array(fc.record({ task: taskId, agent: agentId }), { maxLength: 5 }),
    expiresAt: fc.date({ min: NOW, max: later(365 * DAY), noInvalidDate: true }),
    boundTo: fc.base64String({ minLength: 44, maxLength: 44 }),
  },
  { requiredKeys: ['task', 'agent', 'ancestors', 'expiresAt'] },
);
const CLAIMS: TaskTokenClaims = {
  task: makeId('task', NOW, new Uint8Array(10)),
  agent: 'report-builder',
  ancestors: [],
  expiresAt: later(HOUR),
};

/** A token with any payload, MAC and checksum right: what only a holder of the key can make. */
function signedBy(secret: Secret, payload: string): string {
  const mac = createHmac('sha256', secret.open())
    .update(`bailiwick task token v1\n${payload}`)
    .digest('base64url');
  const text = `bwt_${payload}.${mac}`;
  return text + crc32(text).toString(16).padStart(8, '0');
}

describe('a task token', () => {
  it('opens to what was minted', () => {
    fc.assert(
      fc.property(claims, (given) => {
        expect(openTaskToken(mintTaskToken(given, KEYS, NOW), KEYS)).toEqual(given);
      }),
    );
  });

  it('is found by the documented expression, whole and inside a text', () => {
    const documented = /bwt_[\w-]+\.[\w-]{43}[0-9a-f]{8}/;
    fc.assert(
      fc.property(claims, (given) => {
        const token = mintTaskToken(given, KEYS, NOW);
        expect(documented.exec(token)?.[0]).toBe(token);
        expect(documented.exec(`export TOKEN="${token}"; curl`)?.[0]).toBe(token);
        expect(isTaskTokenForm(token)).toBe(true);
        expect(Number.parseInt(token.slice(-8), 16)).toBe(crc32(token.slice(0, -8)));
      }),
    );
  });

  it('is refused after a change of any one byte', () => {
    const token = Buffer.from(mintTaskToken(CLAIMS, KEYS, NOW));
    for (let place = 0; place < token.length; place += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const other = Buffer.from(token);
        other[place] = (other[place] ?? 0) ^ (1 << bit);
        const text = other.toString('latin1');
        expect(isTaskTokenForm(text), `byte ${place}, bit ${bit}`).toBe(false);
        expect(openTaskToken(text, KEYS)).toBeUndefined();
      }
    }
  });

  it('is refused after a change whose checksum was mended', () => {
    const token = mintTaskToken(CLAIMS, KEYS, NOW);
    const border = token.indexOf('.');
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: border - 1 }),
        fc.constantFrom(...'AQgwBb09_-'),
        (place, character) => {
          fc.pre(token[place] !== character);
          const text = (token.slice(0, place) + character + token.slice(place + 1)).slice(0, -8);
          const mended = text + crc32(text).toString(16).padStart(8, '0');
          expect(isTaskTokenForm(mended)).toBe(true);
          expect(openTaskToken(mended, KEYS)).toBeUndefined();
        },
      ),
    );
  });

  it('never throws, whatever text it is', () => {
    const form = fc.tuple(
      fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/),
      fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    );
    const checked = form.map(([payload, mac]) => {
      const text = `bwt_${payload}.${mac}`;
      return text + crc32(text).toString(16).padStart(8, '0');
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), checked), (text) => {
        expect(openTaskToken(text, KEYS)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['a byte more', (token: string) => `${token}0`],
    ['a line end', (token: string) => `${token}\n`],
    ['a blank before', (token: string) => ` ${token}`],
    ['another prefix', (token: string) => token.replace('bwt_', 'bwx_')],
    ['a checksum in capitals', (token: string) => token.slice(0, -8) + token.slice(-8).toUpperCase()],
    ['padding', (token: string) => token.replace('.', '=.')],
    ['no checksum', (token: string) => token.slice(0, -8)],
  ])('is refused with %s', (_, change) => {
    // Of many tokens, because a checksum of digits has no capitals.
    const tokens = Array.from({ length: 20 }, (_unused, i) =>
      mintTaskToken({ ...CLAIMS, expiresAt: later(i) }, KEYS, NOW),
    ).filter((token) => change(token) !== token);
    expect(tokens).not.toHaveLength(0);
    for (const token of tokens) expect(openTaskToken(change(token), KEYS)).toBeUndefined();
  });

  it('is refused under another key', () => {
    const token = mintTaskToken(CLAIMS, KEYS, NOW);
    expect(openTaskToken(token, { current: key('another') })).toBeUndefined();
    expect(openTaskToken(token, { current: key('another'), previous: key('third') })).toBeUndefined();
  });

  it('opens to the same however often it is sent, and helps no other text and no other keys to open', () => {
    const keys: TokenKeys = { current: key('current') };
    const all = Array.from({ length: 600 }, (_, i) => ({ ...CLAIMS, expiresAt: later(i) }));
    const tokens = all.map((given) => mintTaskToken(given, keys, NOW));
    for (let round = 0; round < 2; round += 1) {
      for (const [place, token] of tokens.entries()) {
        expect(openTaskToken(token, keys)).toEqual(all[place]);
        expect(openTaskToken(`${token.slice(0, -9)}_${token.slice(-8)}`, keys)).toBeUndefined();
        expect(openTaskToken(token, { current: key('another') })).toBeUndefined();
      }
    }
  });

  it('no longer opens once its key is gone, though it did', () => {
    const token = mintTaskToken(CLAIMS, KEYS, NOW);
    expect(openTaskToken(token, KEYS)).toEqual(CLAIMS);
    const once = rotatedKeys(KEYS, key('two'), NOW);
    expect(openTaskToken(token, once)).toEqual(CLAIMS);
    const twice = rotatedKeys(once, key('three'), later(2 * DAY));
    expect(openTaskToken(token, twice)).toBeUndefined();
  });

  it('names a task, even where the key signs other things too', () => {
    const payload = (t: unknown) =>
      Buffer.from(JSON.stringify({ k: '', t, a: 'a', c: [], x: 0 })).toString('base64url');
    expect(openTaskToken(signedBy(KEYS.current, payload(CLAIMS.task)), KEYS)).toBeDefined();
    for (const other of ['', 'task_', CLAIMS.task.replace('task', 'call')]) {
      expect(openTaskToken(signedBy(KEYS.current, payload(other)), KEYS)).toBeUndefined();
    }
  });

  it('says nothing of its keys', () => {
    const token = mintTaskToken(CLAIMS, KEYS, NOW);
    const payload = Buffer.from(token.slice(4).split('.')[0] ?? '', 'base64url').toString();
    expect(payload).not.toContain(KEYS.current.open().slice(0, 6));
  });
});

describe('two keys at once', () => {
  const before: TokenKeys = { current: key('one') };
  const after: TokenKeys = { current: key('two'), previous: key('one'), currentFrom: later(HOUR) };
  const signerAt = (keys: TokenKeys, now: Date) => {
    const token = mintTaskToken(CLAIMS, keys, now);
    return ['one', 'two'].find((name) => openTaskToken(token, { current: key(name) }) !== undefined);
  };

  it('accepts both', () => {
    for (const name of ['one', 'two']) {
      expect(openTaskToken(mintTaskToken(CLAIMS, { current: key(name) }, NOW), after)).toEqual(CLAIMS);
    }
  });

  it('signs with the new one from that moment on', () => {
    expect(signerAt(after, later(HOUR - 1))).toBe('one');
    expect(signerAt(after, later(HOUR))).toBe('two');
    expect(signerAt({ current: key('two'), previous: key('one') }, NOW)).toBe('two');
    expect(signerAt({ current: key('two'), currentFrom: later(HOUR) }, NOW)).toBe('two');
  });

  it('lets a function that has not learnt yet read what one that has signs, within the hour', () => {
    expect(openTaskToken(mintTaskToken(CLAIMS, after, later(HOUR - 1)), before)).toEqual(CLAIMS);
    expect(openTaskToken(mintTaskToken(CLAIMS, before, later(HOUR - 1)), after)).toEqual(CLAIMS);
  });
});

describe('rotatedKeys', () => {
  it('keeps accepting what was signed last, however often it rotates', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3 * DAY }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(steps, (waits) => {
        let keys: TokenKeys = KEYS;
        let now = NOW;
        for (const [place, wait] of waits.entries()) {
          now = new Date(now.getTime() + wait);
          const token = mintTaskToken(CLAIMS, keys, now);
          keys = rotatedKeys(keys, key(`fresh-${place}`), now);
          // Signed just before, and signed just after by one who has not learnt.
          expect(openTaskToken(token, keys)).toEqual(CLAIMS);
          expect(openTaskToken(mintTaskToken(CLAIMS, keys, now), keys)).toEqual(CLAIMS);
        }
      }),
    );
  });

  it('does not let two rotations in a row drop the key that still signs', () => {
    const once = rotatedKeys({ current: key('one') }, key('two'), NOW);
    const twice = rotatedKeys(once, key('three'), later(MINUTE));
    expect(twice.previous.open()).toBe(key('one').open());
    expect(twice.current.open()).toBe(key('three').open());
    const third = rotatedKeys(twice, key('four'), twice.currentFrom);
    expect(third.previous.open()).toBe(key('three').open());
  });

  it('keeps accepting the token of the longest task to its end, though two rotations are but 29 days apart', () => {
    const schema = new URL('../../examples/quickstart/schemas/agent.schema.json', import.meta.url);
    const longest = JSON.parse(readFileSync(schema, 'utf8')).properties.maxTaskSeconds.maximum * 1000;
    const again = later(29 * DAY);
    const once = rotatedKeys(KEYS, key('two'), NOW);
    const twice = rotatedKeys(once, key('three'), again);
    for (const minted of [NOW, later(DAY - 1), later(DAY), later(29 * DAY - 1)]) {
      const given = { ...CLAIMS, expiresAt: new Date(minted.getTime() + longest) };
      const last = new Date(given.expiresAt.getTime() - 1);
      expect(openTaskToken(mintTaskToken(given, once, minted), last < again ? once : twice)).toEqual(given);
    }
  });

  it('signs with the new key only once everybody can know it', () => {
    const { currentFrom } = rotatedKeys(KEYS, key('two'), NOW);
    expect(currentFrom.getTime() - NOW.getTime()).toBeGreaterThanOrEqual(30 * MINUTE);
  });
});

describe('the keys in their secret', () => {
  const fields = (keys: TokenKeys) =>
    Object.fromEntries(
      Object.entries(JSON.parse(tokenKeysText(keys)) as Record<string, string>).map(([name, value]) => [
        name,
        new Secret(value),
      ]),
    );
  const opened = ({ current, previous, currentFrom }: TokenKeys) => [
    current.open(),
    previous?.open(),
    currentFrom?.toISOString(),
  ];

  it('are read as they were written', () => {
    for (const keys of [KEYS, rotatedKeys(KEYS, key('two'), NOW)]) {
      expect(opened(tokenKeysOf(fields(keys)))).toEqual(opened(keys));
    }
  });

  it.each<[string, Readonly<Record<string, string>> | undefined]>([
    ['there is no secret', undefined],
    ['it is empty', {}],
    ['the key is short', { current: 'short' }],
    ['the previous key is short, as it is accepted too', { current: 'k'.repeat(32), previous: 'short' }],
    ['the moment is none', { current: 'k'.repeat(32), currentFrom: 'soon' }],
  ])('are refused where %s', (_, given) => {
    const secret =
      given && Object.fromEntries(Object.entries(given).map(([name, value]) => [name, new Secret(value)]));
    expect(() => tokenKeysOf(secret)).toThrow(BadTokenKeys);
  });

  it('are as hard to guess as their bytes', () => {
    expect(freshTokenKey(new Uint8Array(48).fill(255)).open()).toHaveLength(64);
  });
});
