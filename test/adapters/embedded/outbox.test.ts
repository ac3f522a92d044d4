// Messages that are files: whole or not at all, in the order of their times.
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createOutboxChat, createOutboxMail } from '../../../src/adapters/embedded/outbox.ts';
import { systemIds as ids } from '../../../src/adapters/system.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';
import { onFullDisk } from '../../support/full-disk.ts';

const MESSAGE = { to: 'dana@example.com', subject: 's', text: 't', html: 'h' };

async function emptyDirectory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return mkdtemp(join(path, 'data-'));
}

it('is made with the first message, for its owner alone', async () => {
  const data = await emptyDirectory();
  const directory = join(data, 'outbox');
  const mail = createOutboxMail({ directory, from: () => 'broker@example.com', clock: movableClock(), ids });
  expect(await readdir(data)).toEqual([]);
  await mail.send(MESSAGE);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

it('sorts by time', async () => {
  const directory = await emptyDirectory();
  const clock = movableClock();
  const mail = createOutboxMail({ directory, from: () => 'broker@example.com', clock, ids });
  const chat = createOutboxChat({ directory, clock, ids });
  await mail.send(MESSAGE);
  clock.advance(1);
  const posted = await chat.post({ text: 't', blocks: [] });
  clock.advance(3_600_000);
  await chat.update(posted, { text: 't', blocks: [] });
  const names = (await readdir(directory)).sort();
  expect(names.map((name) => name.replace(/^.*-[0-9a-f]{16}\./, ''))).toEqual([
    'eml',
    'slack.json',
    'slack.json',
  ]);
  expect(names[1]).toBe(posted.id);
});

it('never puts a message in the place of another', async () => {
  const directory = await emptyDirectory();
  const same = { random: (length: number) => new Uint8Array(length) };
  const mail = createOutboxMail({
    directory,
    from: () => 'broker@example.com',
    clock: movableClock(),
    ids: same,
  });
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => mail.send(MESSAGE)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(directory)).toHaveLength(1);
});

it('leaves nothing of a message for which there is no room', async () => {
  const directory = await emptyDirectory();
  const program = `
    import { createOutboxChat, createOutboxMail } from '#/src/adapters/embedded/outbox.ts';
    import { systemClock as clock, systemIds as ids } from '#/src/adapters/system.ts';
    const all = { directory: process.argv[1], from: () => 'broker@example.com', clock, ids };
    const told = (error) => console.log([error.name, error.backend, error.cause.code].join());
    await createOutboxMail(all).send(${JSON.stringify(MESSAGE)}).catch(told);
    await createOutboxChat(all).post({ text: 't', blocks: [] }).catch(told);
  `;
  expect(await onFullDisk(program, directory)).toBe('Unavailable,mail,EFBIG\nUnavailable,chat,EFBIG');
  expect(await readdir(directory)).toEqual([]);
});
