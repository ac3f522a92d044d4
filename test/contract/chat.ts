// What every adapter of Chat must do.
import { expect, it } from 'vitest';
import type { Chat, ChatMessage } from '../../src/ports/chat.ts';
import { type Open, useSubject } from './support/subject.ts';

export interface Said extends ChatMessage {
  readonly id: string;
  /** The message that it was put in the place of. */
  readonly changes?: string;
  /** Who alone sees it. */
  readonly to?: string;
}

/** Chat whose messages a test can read. */
export interface Readable extends Chat {
  /** Everything since the last time, in any order. */
  readonly said: () => Promise<readonly Said[]>;
  /** What comes with a click. */
  readonly clicked: string;
}

export const MESSAGE: ChatMessage = {
  text: 'Approval needed: caf\u00e9 & \u{1f511} +1=2',
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: 'caf\u00e9 "\u{1f511}"\n', emoji: false } },
    { type: 'actions', elements: [{ type: 'button', value: 'appr_1', style: 'danger' }] },
  ],
};

export function chatContract(open: Open<Readable>): void {
  const subject = useSubject(open);

  it('posts what is said, and changes it where it stands', async () => {
    const { port } = subject();
    const posted = await port.post(MESSAGE);
    expect(await port.said()).toEqual([{ id: posted.id, ...MESSAGE }]);
    const decided: ChatMessage = { text: 'Approved', blocks: [] };
    await port.update(posted, decided);
    expect(await port.said()).toEqual([{ id: expect.any(String), changes: posted.id, ...decided }]);
    // However often it is told.
    await port.update(posted, decided);
    expect(await port.said()).toMatchObject([{ changes: posted.id }]);
  });

  it('whispers to whoever clicked, and puts it in the place of nothing', async () => {
    const { port } = subject();
    const text = 'It was already decided by <!channel> & *Kim*.';
    await port.whisper(port.clicked, text);
    await port.whisper(port.clicked, 'And again.');
    const said = (await port.said()).map(({ id: _, ...one }) => one);
    expect(said).toHaveLength(2);
    expect(said).toEqual(
      expect.arrayContaining(
        [text, 'And again.'].map((each) => ({ to: port.clicked, text: each, blocks: [] })),
      ),
    );
  });

  it('keeps apart what is said at once', async () => {
    const { port } = subject();
    const texts = Array.from({ length: 20 }, (_, at) => `message ${at}`);
    const posted = await Promise.all(texts.map((text) => port.post({ ...MESSAGE, text })));
    expect(new Set(posted.map(({ id }) => id)).size).toBe(texts.length);
    const byId = new Map((await port.said()).map(({ id, text }) => [id, text]));
    expect(posted.map(({ id }) => byId.get(id))).toEqual(texts);
    await Promise.all(posted.map((each, at) => port.update(each, { text: `changed ${at}`, blocks: [] })));
    const changes = new Map((await port.said()).map(({ changes = '', text }) => [changes, text]));
    expect(posted.map(({ id }) => changes.get(id))).toEqual(texts.map((_, at) => `changed ${at}`));
  });
}
