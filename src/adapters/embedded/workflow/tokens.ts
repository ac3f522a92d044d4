// Task tokens: each wakes one wait of one execution, once.
import type { Ids } from '../../../ports/ids.ts';

export interface Token {
  readonly text: string;
  /** From then on it wakes nobody. */
  readonly forget: () => void;
}

export interface Tokens {
  issue(wake: () => void): Token;
  wake(text: string): void;
}

const BYTES = 32;

export function createTokens(ids: Ids): Tokens {
  const waiting = new Map<string, () => void>();
  return {
    issue(wake) {
      const text = Buffer.from(ids.random(BYTES)).toString('base64url');
      waiting.set(text, wake);
      return { text, forget: () => waiting.delete(text) };
    },
    wake(text) {
      const wake = waiting.get(text);
      waiting.delete(text);
      wake?.();
    },
  };
}
