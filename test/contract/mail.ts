// What every adapter of Mail must do.
import { expect, it } from 'vitest';
import type { Mail, Message } from '../../src/ports/mail.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { only, readMail } from '../support/read-mail.ts';
import { type Open, useSubject } from './support/subject.ts';

/** Mail whose messages a test can read. */
export interface Readable extends Mail {
  /** Every message since the last time, in any order. */
  readonly sent: () => Promise<readonly string[]>;
}

export const FROM = 'broker@mail.example.com';
export const MESSAGE: Message = {
  to: 'dana@example.com',
  subject: 'Approve: caf\u00e9 \u{1f511}?',
  text: 'Hello\nhttps://bailiwick.example.com/approve/appr_1?key=abc\n',
  html: '<p>caf\u00e9</p>',
};

export function mailContract(open: Open<Readable>): void {
  const subject = useSubject(open);

  it('sends what is said, to whom it is for', async () => {
    const { port, clock } = subject();
    await port.send(MESSAGE);
    const [raw = '', ...others] = await port.sent();
    expect(others).toEqual([]);
    const { headers, ...said } = readMail(raw);
    expect({ to: only(headers, 'to'), ...said }).toEqual(MESSAGE);
    expect(only(headers, 'from')).toBe(FROM);
    expect(new Date(only(headers, 'date'))).toEqual(clock.now());
  });

  it('sends each of many at once by itself', async () => {
    const { port } = subject();
    const people = Array.from({ length: 20 }, (_, at) => `person${at}@example.com`);
    await Promise.all(people.map((to) => port.send({ ...MESSAGE, to, text: `for ${to}` })));
    const read = (await port.sent()).map((raw) => readMail(raw));
    expect(read.map(({ headers }) => only(headers, 'to')).sort()).toEqual([...people].sort());
    for (const { headers, text } of read) expect(text).toBe(`for ${only(headers, 'to')}`);
    expect(new Set(read.map(({ headers }) => only(headers, 'message-id'))).size).toBe(people.length);
  });

  it('lets no subject be a header', async () => {
    const { port } = subject();
    await port.send({ ...MESSAGE, subject: 'x\r\nBcc: evil@example.com\r\n\r\nevil' });
    const [raw = ''] = await port.sent();
    const { headers, subject: read } = readMail(raw);
    expect(headers.has('bcc')).toBe(false);
    expect(read).toBe('x Bcc: evil@example.com evil');
  });

  it.each(['dana', '', 'dana@example.com, evil@example.com', 'dana@example.com\r\nBcc: evil@example.com'])(
    'sends nothing to %j, and says that it could not',
    async (to) => {
      const { port } = subject();
      const fault: unknown = await port.send({ ...MESSAGE, to }).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(Unavailable);
      expect(fault).toMatchObject({ backend: 'mail', cause: { message: 'not the address of one mailbox' } });
      expect(await port.sent()).toEqual([]);
    },
  );
}
