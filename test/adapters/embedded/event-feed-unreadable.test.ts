// Rows that are no events any more: the feed tells of them and goes past, but waits for what may only be late.
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../../src/shared/errors.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { type FedDatabase, ready, wholeNext } from './fed-database.ts';

function never(): never {
  throw new Error('there was no batch');
}

describe('goes past a row', () => {
  const pointer = (object: string, text: string) =>
    JSON.stringify({ object, sha256: sha256(text), bytes: text.length });
  const set = ({ exec }: FedDatabase, column: 'body' | 'pointer', text: string | null) => {
    const value = text === null ? 'NULL' : `'${text}'`;
    const other = column === 'body' ? 'pointer' : 'body';
    exec(`UPDATE events SET ${column} = ${value}, ${other} = NULL WHERE id = 'evt_2'`);
  };
  const NOT_JSON = 'its body is not JSON';
  const NO_OBJECT = 'its body is no JSON object';
  const LOST = 'its body is gone, or is not what was written';

  it.each([
    ['body', '{"half":', NOT_JSON],
    ['body', '', NOT_JSON],
    ['body', '[{}]', NO_OBJECT],
    ['body', '"text"', NO_OBJECT],
    ['body', 'null', NO_OBJECT],
    ['body', null, LOST],
    ['pointer', pointer('400d/spill/gone', 'x'), LOST],
    ['pointer', pointer('400d/spill/there', 'y'), LOST],
    ['pointer', pointer('400d/spill/there', 'x'), NOT_JSON],
    ['pointer', pointer('../../etc/passwd', 'x'), LOST],
    ['pointer', '{"object":1}', LOST],
    ['pointer', 'no pointer', LOST],
  ] as const)('where the %s is %j', async (column, text, why) => {
    const subject = await ready();
    const { feed, objects } = subject;
    const [before, , after] = [await subject.add(), await subject.add(), await subject.add()];
    await objects.put('400d/spill/there', Buffer.from('x'));
    set(subject, column, text);
    const batch = (await wholeNext(feed(), 10)) ?? never();
    expect(batch.events).toEqual([before, after]);
    const kept = text === null ? {} : { [column]: text };
    expect(batch.unreadable).toEqual([{ stream: 's2', id: 'evt_2', why, ...kept }]);
    await feed().done(batch);
    expect(await wholeNext(feed(), 1)).toBeUndefined();
  });

  it('also where it is all that there is', async () => {
    const subject = await ready();
    const { feed } = subject;
    await subject.add();
    await subject.add();
    set(subject, 'body', 'x');
    await feed().done((await wholeNext(feed(), 1)) ?? never());
    const batch = (await wholeNext(feed(), 10)) ?? never();
    expect(batch).toMatchObject({ events: [], unreadable: [{ id: 'evt_2' }], through: { id: 'evt_2' } });
    await feed().done(batch);
    expect(await wholeNext(feed(), 1)).toBeUndefined();
  });

  it.each(['9000000000000000', '9223372036854775807'])('where the expiry is %s', async (until) => {
    const subject = await ready();
    const [before, , after] = [await subject.add(), await subject.add(), await subject.add()];
    subject.exec(`UPDATE events SET until = ${until} WHERE id = 'evt_2'`);
    const batch = (await wholeNext(subject.feed(), 10)) ?? never();
    expect(batch.events).toEqual([before, after]);
    expect(batch.unreadable).toMatchObject([{ id: 'evt_2', why: 'its expiry is no moment' }]);
  });

  it('but waits where objects do not answer', async () => {
    const { feed, add, objects } = await ready();
    await add();
    const large = await add({ text: 'x'.repeat(400_000) });
    const { get } = objects;
    objects.get = () => Promise.reject(new Unavailable('objects', new Error('EIO')));
    await expect(wholeNext(feed(), 10)).rejects.toMatchObject({ name: 'Unavailable', backend: 'events' });
    objects.get = get;
    expect((await wholeNext(feed(), 10))?.events.at(-1)).toEqual(large);
  });
});
