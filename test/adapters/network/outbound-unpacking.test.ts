// Unpacking ends with what it is for: nothing is unpacked that nobody waits for, and no layer takes in without limit.
import type { Transform } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answered } from './support/sending.ts';

describe('a packed body of gigabytes that are nothing', () => {
  /** Four gigabytes of gzip's blocks that are empty, without a last one. */
  const hollow = (() => {
    const header = gzipSync('').subarray(0, 10);
    const blocks = gzipSync(Buffer.alloc(100_000_000, Buffer.of(0, 0, 0, 0xff, 0xff)));
    return Buffer.concat([gzipSync(header), ...Array.from({ length: 40 }, () => blocks)]);
  })();
  const packed = { 'content-encoding': 'gzip, gzip' };
  const unlimited = { mostBytes: 1e12, timeoutMilliseconds: 1000 };

  /** Every decoder that has worked since. */
  function decoders(): ReadonlySet<Transform> {
    const seen = new Set<Transform>();
    const prototype: Transform = Object.getPrototypeOf(createGunzip());
    const { _transform: transform } = prototype;
    prototype._transform = function seeing(this: Transform, ...input) {
      seen.add(this);
      transform.apply(this, input);
    };
    onTestFinished(() => void Reflect.deleteProperty(prototype, '_transform'));
    return seen;
  }

  it.each([
    ['the time for all is up', {}, unlimited, { problem: 'timeout', sent: true, status: 200 }],
    [
      'the time for events is up',
      { 'content-type': 'text/event-stream' },
      { ...unlimited, events: { milliseconds: 900, bytes: 1e12 } },
      { status: 200, cut: 'time', body: Buffer.alloc(0) },
    ],
    ['too much is between its layers', {}, { mostBytes: 10_000_000 }, { problem: 'too_large', status: 200 }],
    [
      'too much is between the layers of events',
      { 'content-type': 'text/event-stream' },
      { events: { milliseconds: 20_000, bytes: 10_000_000 }, mostBytes: 20_000_000 },
      { status: 200, cut: 'bytes', body: Buffer.alloc(0) },
    ],
  ])('is worked on until %s, and no longer', async (_, headers, more, expected) => {
    const seen = decoders();
    expect(await answered({ ...packed, ...headers }, hollow, more)).toMatchObject(expected);
    expect(seen.size).toBeGreaterThan(0);
    expect([...seen].every(({ destroyed }) => destroyed)).toBe(true);
  });
});
