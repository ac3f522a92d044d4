// Reads the same as Node's own client does, or nothing, however the bytes come and whatever they are.
import { request } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader, Junk } from '../../../src/adapters/network/outbound/answer-reader.ts';
import { headOf } from '../../../src/adapters/network/outbound/head.ts';

/** What of an answer others could see; undefined where there was none, or not all of one. */
interface Seen {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const METHODS = ['GET', 'HEAD', 'POST'] as const;
type Method = (typeof METHODS)[number];

function withReader(pieces: readonly Buffer[], method: Method): Seen | undefined {
  let seen: Seen | undefined;
  let isWhole = false;
  const reader = new AnswerReader({
    head(raw) {
      if (raw.status < 200) {
        if (raw.status === 101) throw new Junk('nobody asked for that');
        return 0;
      }
      const { status, headers, framing, problem } = headOf(raw, method);
      if (problem !== undefined) throw new Junk(problem);
      seen = { status, headers, body: '' };
      return framing;
    },
    bytes(bytes) {
      if (seen !== undefined) seen = { ...seen, body: seen.body + bytes.toString('latin1') };
    },
    whole() {
      isWhole = true;
    },
  });
  try {
    for (const piece of pieces) reader.take(piece);
    reader.end();
  } catch (error) {
    if (!(error instanceof Junk)) throw error;
    return undefined;
  }
  return isWhole ? seen : undefined;
}

/** A connection on which just that comes, once something was asked. */
function saying(bytes: Buffer): Duplex {
  const duplex = new Duplex({
    read: () => undefined,
    write(_chunk, _encoding, done) {
      duplex.push(bytes);
      duplex.push(null);
      done();
    },
  });
  return duplex;
}

function withNode(bytes: Buffer, method: Method): Promise<Seen | undefined> {
  return new Promise((resolve) => {
    const asked = request({
      method,
      path: '/',
      createConnection: () => saying(bytes),
      maxHeaderSize: 32 * 1024,
    });
    asked.on('error', () => resolve(undefined));
    asked.on('upgrade', () => resolve(undefined));
    asked.on('response', (answer) => {
      const body: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => body.push(chunk));
      answer.on('error', () => resolve(undefined));
      answer.on('end', () => {
        const { statusCode: status = 0, rawHeaders, complete } = answer;
        const headers = rawHeaders.flatMap((name, at) =>
          at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
        );
        resolve(complete ? { status, headers, body: Buffer.concat(body).toString('latin1') } : undefined);
      });
    });
    asked.end();
  });
}

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
const value = fc.stringMatching(/^[\t -~\x80-\xff]{0,30}$/);
const blank = fc.stringMatching(/^[ \t]{0,3}$/);
const text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
const OF_FRAMING =
  /^(content-length|transfer-encoding|connection|upgrade|content-encoding|trailer|keep-alive)$/i;

const header = fc
  .tuple(token, blank, value, blank)
  .filter(([name]) => !OF_FRAMING.test(name))
  .map(([name, before, said, after]) => `${name}:${before}${said}${after}`);

function chunked(pieces: readonly string[], extension: string, trailers: readonly string[]): string {
  const chunks = pieces
    .filter((piece) => piece !== '')
    .map((piece) => `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`);
  return `${chunks.join('')}0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`;
}

/** How a body ends, the headers that say so, and the bytes. */
const framed = fc.oneof(
  text.map((body) => ({ lines: [`Content-Length: ${body.length}`], bytes: body, body })),
  fc
    .tuple(fc.array(text), fc.constantFrom('', ';a', ';a=b', ';a="b c"'), fc.array(header, { maxLength: 2 }))
    .map(([pieces, extension, trailers]) => ({
      lines: ['transfer-encoding: Chunked'],
      bytes: chunked(pieces, extension, trailers),
      body: pieces.join(''),
    })),
  text.map((body) => ({ lines: [], bytes: body, body })),
);

const wellFormed = fc
  .record({
    method: fc.constantFrom(...METHODS),
    version: fc.constantFrom('1.0', '1.1'),
    waits: fc.array(fc.constantFrom(100, 102, 103, 199), { maxLength: 2 }),
    status: fc.integer({ min: 200, max: 599 }),
    reason: fc.constantFrom('', ' ', ' OK', ' Não é possível'),
    headers: fc.array(header, { maxLength: 6 }),
    closes: fc.constantFrom([], ['Connection: close']),
    framed,
  })
  .map(({ method, version, waits, status, reason, headers, closes, framed: { lines: own, bytes, body } }) => {
    const lines = [...own, ...closes];
    const spoken = /chunked/i.test(own.join()) ? '1.1' : version;
    const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
    const before = waits.map((code) => `HTTP/1.1 ${code} Wait\r\na: b\r\n\r\n`).join('');
    const head = [`HTTP/${spoken} ${status}${reason}`, ...headers, ...lines].join('\r\n');
    return {
      method,
      status,
      headers: headers.length + lines.length,
      raw: Buffer.from(`${before}${head}\r\n\r\n${hasBody ? bytes : ''}`, 'latin1'),
      body: hasBody ? body : '',
    };
  });

/** Cut at these places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, at) => bytes.subarray(places[at], end));
}

/** Node takes a tab after it for a part of its name. */
const KNOWN = /transfer-encoding:[^\r]*\t/i;

interface Change {
  readonly at: number;
  readonly removed: number;
  readonly added: string;
}

/** Something of what makes a difference, put in, or in the place of something else. */
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  removed: fc.constantFrom(0, 0, 1, 2),
  added: fc.oneof(
    fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '\r\n\r\n',
      ' ',
      '\t',
      '\0',
      ':',
      ';',
      ',',
      '0',
      '1',
      'f',
      '-',
      '+',
      '\x7f',
      '\x80',
    ),
    fc.constantFrom('content-length: 3\r\n', 'Transfer-Encoding: chunked\r\n', '\r\n '),
    fc.string({ maxLength: 2 }),
  ),
});

function changed(bytes: Buffer, changes: readonly Change[]): Buffer {
  return changes.reduce((raw, { at, removed, added }) => {
    const place = at % (raw.length + 1);
    return Buffer.concat([
      raw.subarray(0, place),
      Buffer.from(added, 'latin1'),
      raw.subarray(place + removed),
    ]);
  }, bytes);
}

describe('an answer', () => {
  it('is read as it was written, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(
        wellFormed,
        fc.array(fc.nat(), { maxLength: 8 }),
        ({ method, status, headers, raw, body }, cuts) => {
          const seen = withReader(pieces(raw, cuts), method);
          expect(seen).toMatchObject({ status, body });
          expect(seen?.headers).toHaveLength(headers);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('is read as Node reads it', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormed, async ({ method, raw }) => {
        expect(withReader([raw], method)).toEqual(await withNode(raw, method));
      }),
      { numRuns: 500 },
    );
  });

  it('that is damaged is read as Node reads it, or not at all', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(
        wellFormed,
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        async ({ method, raw }, changes, cuts) => {
          const bytes = changed(raw, changes);
          const seen = withReader(pieces(bytes, cuts), method);
          if (seen === undefined || KNOWN.test(bytes.toString('latin1'))) return;
          read += 1;
          expect(seen, JSON.stringify(bytes.toString('latin1'))).toEqual(await withNode(bytes, method));
        },
      ),
      { numRuns: 3000 },
    );
    // Else it would say nothing of what is read.
    expect(read).toBeGreaterThan(300);
  });
});
