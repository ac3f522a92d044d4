// What a reader reads of a page, a mail or a message: its text, without what it is dressed in.
import type { ChatMessage } from '../../src/ports/chat.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Fails where something is no markup that the broker writes: a stray `<`, `>` or `&` is one that was not escaped. */
export function textOfHtml(source: string): string {
  const body = source.replace(/<style>[^<]*<\/style>|<title>[^<]*<\/title>/g, '');
  const text = body.replace(/<(?:\/?[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"<>]*")?)*|!doctype html)>/g, '');
  if (/[<>]/.test(text)) throw new Error('there is markup that nobody wrote');
  return text.replace(/&([^;]*);/g, (_, name: string) => {
    const character = ENTITIES[name];
    if (character === undefined) throw new Error(`&${name}; is not written by the broker`);
    return character;
  });
}

function textsIn(value: unknown, key?: string): readonly string[] {
  if (typeof value === 'string') return key === 'text' ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, member]) => textsIn(member, name));
}

export function textOfBlocks({ blocks }: ChatMessage): string {
  return textsIn(blocks).join('');
}
