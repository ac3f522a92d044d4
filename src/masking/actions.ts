// What is written in a value's place: labels that no detector takes for a value, and that say no more than they must.
import { createHash, createHmac } from 'node:crypto';
import type { Action } from './model.ts';
import type { PseudonymKeys } from './rules.ts';

/** From the one that says most to the one that says least: of two that meet, the later holds. */
const BY_SEVERITY: readonly Action[] = ['keep', 'last4', 'pseudonym', 'hash', 'redact', 'drop'];

export function severityOf(action: Action): number {
  return BY_SEVERITY.indexOf(action);
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const PSEUDONYM_BYTES = 10;

function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return text;
}

/** Four of fewer would be more than a third of it. */
const LEAST_FOR_LAST_FOUR = 12;

function lastFour(type: string, value: string): string {
  const plain = value.replaceAll(/[^0-9A-Za-z]/gu, '');
  return plain.length < LEAST_FOR_LAST_FOUR ? `[${type}]` : `[${type}:…${plain.slice(-4)}]`;
}

export type Write = (type: string, action: Action, value: string) => string;

/** A card's or a telephone's number is the same however it is parted. */
const NUMBER = /^[+(]{0,2}\d[\d\s().\u2010\u2011\u2013-]{5,}\d$/u;

function sameOf(value: string): string {
  const trimmed = value.trim().toLowerCase();
  return NUMBER.test(trimmed) ? trimmed.replaceAll(/[\s().\u2010\u2011\u2013-]/gu, '') : trimmed;
}

/** The same value, but for its case, the blanks around it and what parts a number, is the same pseudonym. */
export function createWrite({ current }: PseudonymKeys): Write {
  const pseudonym = (value: string) => {
    const mac = createHmac('sha256', current.key).update(sameOf(value), 'utf8').digest();
    return `${current.id}-${base32(mac.subarray(0, PSEUDONYM_BYTES))}`;
  };
  return (type, action, value) => {
    switch (action) {
      case 'redact':
        return `[${type}]`;
      case 'last4':
        return lastFour(type, value);
      case 'pseudonym':
        return `[${type}:${pseudonym(value)}]`;
      case 'hash':
        return `[${type}:sha256-${createHash('sha256').update(value, 'utf8').digest('hex')}]`;
      case 'drop':
        return '';
      case 'keep':
        return value;
    }
  };
}
