// Which events were met, in a bounded table of hashes: the same one again is noticed, if not too many came between.

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

/** Two words at once, each going its own way. Ids are the broker's own: nobody chooses them to collide. */
function mix(text: string, one: number, two: number): [number, number] {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x9e3779b1);
    two = Math.imul(two ^ unit, 0x5f356495);
    one ^= one >>> 15;
    two ^= two >>> 13;
  }
  return [one, two];
}

export interface SeenBefore {
  readonly isSameLine: boolean;
  /** 0 for the tail. */
  readonly digest: number;
}

export interface Seen {
  /** What is known of it from before. */
  add(stream: string, id: string, leaf: Buffer, digest: number): SeenBefore | undefined;
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
    add(stream, id, leaf, digest) {
      const [a, b] = mix(stream, 1, 2);
      const [c, d] = mix(id, a ^ 0x20, b);
      const [one, two] = [c >>> 0, d >>> 0 || 1];
      const [three, four] = [leaf.readUInt32LE(0), leaf.readUInt32LE(4)];
      for (const { words, used } of [current, before]) {
        const at = used === 0 ? -1 : slotOf({ words, used }, one, two);
        if (at === -1 || words[at + 1] === 0) continue;
        const isSameLine = words[at + 2] === three && words[at + 3] === four;
        return { isSameLine, digest: words[at + 4] ?? 0 };
      }
      put([one, two, three, four, digest]);
      return undefined;
    },
  };
}
