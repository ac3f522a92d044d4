// A secret value that prints as `[secret]` however it is logged, serialised or thrown.
import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const PRINTED = '[secret]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it only where the value leaves for the place it is meant for. */
  open(): string {
    return this.#value;
  }

  /** Whether it is the same value, found out in a time that says nothing of it. */
  equals(other: Secret): boolean {
    const hash = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(hash(this.#value), hash(other.#value));
  }

  toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }

  [Symbol.toPrimitive](): string {
    return PRINTED;
  }

  [inspect.custom](): string {
    return PRINTED;
  }
}
