// Lines of the archive: canonical, packed and read back as they were.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  archiveLine,
  bodyHash,
  eachLine,
  eventOfLine,
  gatherLines,
  packLines,
  unpackLines,
} from '../../../src/audit/index.ts';
import { canonicalJson } from '../../../src/shared/json.ts';
import { archivedEvent, BEGAN } from '../../support/archives.ts';

test('a line is canonical, has no line end, and holds the event whole', () => {
  const event = archivedEvent(7, BEGAN);
  const line = archiveLine(event);
  expect(canonicalJson(JSON.parse(line))).toBe(line);
  expect(line).not.toContain('\n');
  const { stream, id, body } = event;
  expect(eventOfLine(Buffer.from(line))).toEqual({ stream, id, body });
});

test('lines are packed and read back', () => {
  const line = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\n', ' '));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const unpacked = unpackLines(packLines(gatherLines(...lines)));
      const read = [...eachLine(unpacked)].map((each) => each.toString('utf8'));
      expect(read).toEqual(lines.map((each) => Buffer.from(each).toString('utf8')));
    }),
  );
});

test('lines are gathered as they are, however long and in whatever script', () => {
  const line = fc
    .tuple(fc.string({ unit: 'binary', maxLength: 5 }), fc.constantFrom(0, 1, 5000, 22_000, 70_000))
    .map(([text, times]) => text.replaceAll('\n', ' ').repeat(times));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
      const gathered = gatherLines(...lines);
      expect(gathered.bytes().equals(Buffer.from(lines.map((each) => `${each}\n`).join('')))).toBe(true);
      expect(gathered.count).toBe(lines.length);
      expect(gathered.characters).toBe(lines.join('').length);
    }),
    { numRuns: 50 },
  );
});

describe('what is no packed object throws', () => {
  test.each([
    ['not packed', Buffer.from('{}\n')],
    ['empty', Buffer.alloc(0)],
  ])('%s', (_, bytes) => {
    expect(() => unpackLines(bytes)).toThrow();
  });

  test('cut off', () => {
    const packed = packLines(gatherLines('{}', '{}'));
    expect(() => unpackLines(packed.subarray(0, packed.length - 5))).toThrow();
  });

  test('without its last line end', () => {
    expect(() => [...eachLine(Buffer.from('{}\n{}'))]).toThrow('no end');
  });

  test.each(['{}', 'null', '{"unmapped":null}', '{'])('%s is no event', (line) => {
    expect(() => eventOfLine(Buffer.from(line))).toThrow();
  });
});

test('two writings of one event have one hash', () => {
  expect(bodyHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(bodyHash({ b: [{ d: 3, c: 2 }], a: 1 }));
  expect(bodyHash({ a: 1 })).not.toBe(bodyHash({ a: 2 }));
});
