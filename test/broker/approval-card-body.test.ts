// A body on the card of an approval: all of it, or what it is told apart by.
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/shared/hash.ts';
import { approvalIn, approvalWorld, awaited, DROP } from '../support/approvals.ts';
import { call, openFor } from '../support/http-calls.ts';

const NOT_WHOLE = 'The operation: not all of it can be shown here';

async function cardOf(
  body: Uint8Array,
  type: string | undefined,
  more: readonly (readonly [string, string])[] = [],
) {
  const world = await approvalWorld();
  const opened = await openFor(world, 'tickets:drop');
  const headers = [...(type === undefined ? [] : [['content-type', type] as const]), ...more];
  const { approval } = awaited(await call(world, opened, { ...DROP, body, headers }));
  const { card } = await approvalIn(world, approval.id);
  if (card === undefined) throw new Error('there is no card');
  const { text, isComplete } = card.operation;
  return { text, isComplete, warnings: card.warnings };
}

const bytes = (text: string) => Buffer.from(text, 'latin1');
const form = (value: string) =>
  bytes(`--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--x--`);
const MULTIPART = 'multipart/form-data; boundary=x';

describe('a body that is text but for some bytes', () => {
  it.each([
    ['a form', form('\xc4\xc5\xd3'), MULTIPART],
    ['a text', Buffer.concat([Buffer.from('é'), bytes('\xff')]), 'text/plain'],
    ['what says nothing', Buffer.concat([Buffer.from('é'), bytes('\xff')]), undefined],
    ['much of it', Buffer.concat([Buffer.from('é'.repeat(40_000)), bytes('\xff')]), 'text/plain'],
    ['halves of characters', Buffer.from('note:\ud800 good', 'utf16le'), 'application/octet-stream'],
    ['a byte too much', Buffer.concat([Buffer.from('a note', 'utf16le'), bytes('x')]), 'application/x'],
  ])('is not said to be whole, and has its size and hash: %s', async (_, body, type) => {
    const { text, isComplete, warnings } = await cardOf(body, type);
    expect(isComplete).toBe(false);
    expect(warnings).toContain(NOT_WHOLE);
    expect(text).toContain(`${body.length} bytes, SHA-256 ${sha256(body)}]`);
  });

  it('is told from another that looks the same', async () => {
    const [one, other] = await Promise.all([
      cardOf(form('\xc4\xc5\xd3'), MULTIPART),
      cardOf(form('\xe9\xff\xfe'), MULTIPART),
    ]);
    expect(one?.text).not.toBe(other?.text);
  });

  it('is whole where it is text', async () => {
    for (const body of [form('hello'), Buffer.from('a \ufffd'), bytes('a\xe9')]) {
      const { text, isComplete, warnings } = await cardOf(body, 'text/plain');
      expect({ isComplete, warnings }).toMatchObject({ isComplete: true });
      expect(warnings).not.toContain(NOT_WHOLE);
      expect(text).not.toContain('SHA-256');
    }
  });

  it('is shown in its charset where it is large', async () => {
    const { text } = await cardOf(bytes(`caf\xe9 ${'x'.repeat(70_000)}`), 'text/plain');
    expect(text).toContain('café');
  });
});

describe('the mark that a body begins with', () => {
  it.each([
    ['application/json', '\ufeff{"a":1}', '⟨U+FEFF⟩{"a":1}'],
    ['text/plain', '\ufeff\ufeffa', '⟨U+FEFF ×2⟩a'],
    [undefined, '\ufeffa', '⟨U+FEFF⟩a'],
  ])('is spelled out, and warned of: %s', async (type, body, shown) => {
    const { text, warnings } = await cardOf(Buffer.from(body), type);
    expect(text).toContain(`\n\n${shown}`);
    expect(warnings.join()).toContain('U+FEFF');
  });
});

describe('a header beyond ASCII', () => {
  const utf8 = (text: string) => Buffer.from(text).toString('latin1');
  const NONE = new Uint8Array();

  it('is shown, masked and warned of as the text that its bytes are', async () => {
    const { text, isComplete, warnings } = await cardOf(NONE, undefined, [
      ['x-to', utf8('p\u0430ypal')],
      ['x-full-name', utf8('Jürgen Müller')],
      ['x-note', utf8('card 4111\u00a01111\u00a01111\u00a01111')],
      ['x-latin-1', 'caf\xe9'],
    ]);
    for (const line of ['x-to: p\u0430ypal', 'x-full-name: [PERSON]', 'x-note: card [CREDIT_CARD]'])
      expect(text).toContain(line);
    expect(text).toContain('x-latin-1: café');
    expect(warnings.join()).toContain('p\u0430ypal');
    expect(isComplete).toBe(true);
  });

  it('is not said to be whole where some of its bytes are no text', async () => {
    const value = `${utf8('é')}\xff`;
    const { text, isComplete, warnings } = await cardOf(NONE, undefined, [['x-to', value]]);
    expect(text).toContain(
      `x-to: é\ufffd [not all of this is text: 3 bytes, SHA-256 ${sha256(bytes(value))}]`,
    );
    expect(isComplete).toBe(false);
    expect(warnings).toContain(NOT_WHOLE);
  });
});
