// Lists of marks by number, each made once however many places of a table name it.
import type { Mark } from './marks.ts';

const MOST = 0xffff;

export class Lists {
  /** The first is empty. */
  readonly all: Mark[][] = [[]];
  readonly #numbers: number[][] = [[]];
  readonly #marks: Mark[] = [];
  readonly #extended = new Map<number, number>();

  numberOf(mark: Mark): number {
    return this.#marks.push(mark) - 1;
  }

  /** The number of the list that has all of another, and one mark more at its end. */
  with(list: number, mark: number): number {
    const key = list * (MOST + 1) + mark;
    const known = this.#extended.get(key);
    if (known !== undefined) return known;
    const made = this.all.push([...(this.all[list] as Mark[]), this.#marks[mark] as Mark]) - 1;
    this.#numbers.push([...(this.#numbers[list] as number[]), mark]);
    if (made > MOST) throw new Error('too many marks for the tables');
    this.#extended.set(key, made);
    return made;
  }

  /** The number of the list that has of another only those that are wanted. */
  narrowed(list: number, isWanted: (mark: number) => boolean): number {
    let made = 0;
    for (const mark of this.#numbers[list] as number[]) if (isWanted(mark)) made = this.with(made, mark);
    return made;
  }
}
