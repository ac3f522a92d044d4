// Which events were met, in a bounded table of hashes: the same one again is noticed, if not too many came between.
import { randomBytes } from 'node:crypto';

/** Two words of the event's hash, two of its line's, one for the digest that it was in. */
const WORDS = 5;
const FIRST_SLOTS = 1 << 10;
/** Of 20 bytes, in each of two tables: from 700,000 events on the first ones are forgotten. */
const MOST_SLOTS = 1 << 20;
const MOST_FULL = 0.7;

interface Table {
  readonly words: Uint32Array<ArrayBuffer>;
  used: number;
}

/** Where the event is, or could be. */
function slotOf({ words }: Table, one: number, two: number): number {
  const slots = words.length / WORDS;
  for (let slot = one % slots; ; slot = (slot + 1) % slots) {
    const at = slot * WORDS;
    const [first, second] = [words[at], words[at + 1]];
    if ((first === one && second === two) || second === 0) return at;
  }
}

type Key = readonly [number, number];

function newKey(): Key {
  const bytes = randomBytes(8);
  return [bytes.readInt32LE(0), bytes.readInt32LE(4)];
}

const turned = (word: number, by: number) => (word << by) | (word >>> (32 - by));

/**
 * HalfSipHash over a text's units, two in a word, with one round for each word: who writes an archive can't choose places
 * that collide, since the key is another in each run.
 */
function hashOf(text: string, [one, two]: Key): [number, number] {
  let [a, b, c, d] = [one, two ^ 0xee, one ^ 0x6c796765, two ^ 0x74656462];
  const round = () => {
    a = (a + b) | 0;
    b = turned(b, 5) ^ a;
    a = turned(a, 16);
    c = (c + d) | 0;
    d = turned(d, 8) ^ c;
    a = (a + d) | 0;
    d = turned(d, 7) ^ a;
    c = (c + b) | 0;
    b = turned(b, 13) ^ c;
    c = turned(c, 16);
  };
  const add = (word: number) => {
    d ^= word;
    round();
    a ^= word;
  };
  for (let at = 0; at + 1 < text.length; at += 2) add(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
  add(text.length % 2 === 0 ? 0 : text.charCodeAt(text.length - 1));
  add(text.length);
  c ^= 0xee;
  for (let rounds = 0; rounds < 3; rounds += 1) round();
  const first = b ^ d;
  b ^= 0xdd;
  for (let rounds = 0; rounds < 3; rounds += 1) round();
  return [first >>> 0, (b ^ d) >>> 0];
}

export interface SeenBefore {
  /** Of what is not signed: the same event, in whatever line. */
  readonly isSameLine: boolean;
  /** 0 for the tail. */
  readonly digest: number;
}

export interface SeenEvent {
  readonly stream: string;
  readonly id: string;
}

export interface Seen {
  /** What is known of it from before. Of what is not signed, `said` is a hash of the event, else that of its line. */
  add(event: SeenEvent, leaf: Buffer, digest: number, said?: Buffer): SeenBefore | undefined;
}

const tableOf = (slots: number): Table => ({ words: new Uint32Array(slots * WORDS), used: 0 });

/** The same in twice the room. The smaller one gives its memory back at once. */
function grown(table: Table): Table {
  const { words, used } = table;
  const larger = { ...tableOf((words.length / WORDS) * 2), used };
  for (let at = 0; at < words.length; at += WORDS) {
    const [one, two] = [words[at] ?? 0, words[at + 1] ?? 0];
    if (two !== 0) larger.words.set(words.subarray(at, at + WORDS), slotOf(larger, one, two));
  }
  words.buffer.transfer(0);
  return larger;
}

export function createSeen(mostSlots: number = MOST_SLOTS): Seen {
  const key = newKey();
  let current = tableOf(Math.min(FIRST_SLOTS, mostSlots));
  /** Forgotten when the next one is full. */
  let before = tableOf(1);

  function put(fields: readonly [one: number, two: number, number, number, number]): void {
    current.words.set(fields, slotOf(current, fields[0], fields[1]));
    current.used += 1;
    const slots = current.words.length / WORDS;
    if (current.used < slots * MOST_FULL) return;
    if (slots * 2 <= mostSlots) current = grown(current);
    else {
      const forgotten = before.words.length === current.words.length ? before.words.fill(0) : undefined;
      [before, current] = [current, forgotten === undefined ? tableOf(slots) : { words: forgotten, used: 0 }];
    }
  }

  return {
    add({ stream, id }, leaf, digest, said = leaf) {
      const [one, two] = hashOf(`${stream} ${id}`, key);
      const second = two || 1;
      for (const { words, used } of [current, before]) {
        const at = used === 0 ? -1 : slotOf({ words, used }, one, second);
        if (at === -1 || words[at + 1] === 0) continue;
        const where = words[at + 4] ?? 0;
        const is = where === 0 ? said : leaf;
        const isSameLine = words[at + 2] === is.readUInt32LE(0) && words[at + 3] === is.readUInt32LE(4);
        return { isSameLine, digest: where };
      }
      put([one, second, said.readUInt32LE(0), said.readUInt32LE(4), digest]);
      return undefined;
    },
  };
}
