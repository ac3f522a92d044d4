// Keys of one object that are masked alike stay apart: the later ones are numbered.

/** So many keys that nothing is masked of are remembered, in case that one is masked to the same. */
const MOST_PLAIN = 4096;

/** `key`, or with a number where it is taken. `alike` remembers how many there were. */
export function freeKey(key: string, alike: Map<string, number>, isTaken: (free: string) => boolean): string {
  let free = key;
  for (let count = alike.get(key) ?? 1; isTaken(free); free = `${key}#${count}`) {
    count += 1;
    alike.set(key, count);
  }
  return free;
}

/** The keys of an object in text, where equal ones may be: those stay equal. */
export class Keys {
  /** Whether something is masked of one of them: from then on, each is asked for what is added to it. */
  isMasked = false;
  readonly #plain: string[] = [];
  #taken: Set<string> | undefined;
  #written: Map<string, string> | undefined;
  #alike: Map<string, number> | undefined;

  /** One that nothing is masked of, before any that something is. */
  plain(key: string): void {
    if (this.#plain.length < MOST_PLAIN) this.#plain.push(key);
  }

  /** What is to stand after a key that is `masked` now. Asked in the order of the text. */
  suffix(key: string, masked: string): string {
    this.#alike ??= new Map();
    this.#taken ??= new Set(this.#plain);
    this.#written ??= new Map(this.#plain.map((one) => [one, one]));
    const earlier = this.#written.get(key);
    const taken = this.#taken;
    const free = earlier ?? freeKey(masked, this.#alike, (one) => taken.has(one));
    taken.add(free);
    this.#written.set(key, free);
    return free.slice(masked.length);
  }
}
