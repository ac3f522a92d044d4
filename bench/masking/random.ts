// Numbers that look random and are the same at every run, and people, places and words of twelve locales made of them.
import type { Faker } from '@faker-js/faker';
import { faker as de } from '@faker-js/faker/locale/de';
import { faker as enAu } from '@faker-js/faker/locale/en_AU';
import { faker as enCa } from '@faker-js/faker/locale/en_CA';
import { faker as enGb } from '@faker-js/faker/locale/en_GB';
import { faker as enIn } from '@faker-js/faker/locale/en_IN';
import { faker as enUs } from '@faker-js/faker/locale/en_US';
import { faker as es } from '@faker-js/faker/locale/es';
import { faker as fr } from '@faker-js/faker/locale/fr';
import { faker as it } from '@faker-js/faker/locale/it';
import { faker as nl } from '@faker-js/faker/locale/nl';
import { faker as pl } from '@faker-js/faker/locale/pl';
import { faker as ptBr } from '@faker-js/faker/locale/pt_BR';

const FAKERS = {
  en_US: enUs,
  en_GB: enGb,
  en_CA: enCa,
  en_AU: enAu,
  en_IN: enIn,
  de,
  es,
  fr,
  it,
  nl,
  pl,
  pt_BR: ptBr,
};

export type Locale = keyof typeof FAKERS;
export const LOCALES = Object.keys(FAKERS) as readonly Locale[];

export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LOWER = UPPER.toLowerCase();
export const ALNUM = `${UPPER}${LOWER}${DIGITS}`;
export const WORDISH = `${ALNUM}_-`;
export const BASE64 = `${ALNUM}+/`;

export interface Random {
  below(limit: number): number;
  between(least: number, most: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  from(alphabet: string, length: number): string;
  digits(length: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (limit: number) => Math.floor(next() * limit);
  const from = (alphabet: string, length: number) => {
    let text = '';
    for (let at = 0; at < length; at += 1) text += alphabet[below(alphabet.length)];
    return text;
  };
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (share) => next() < share,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('there is nothing to pick from');
      return list[below(list.length)] as (typeof list)[number];
    },
    from,
    digits: (length) => from(DIGITS, length),
  };
}

/** Whatever a value or a sentence is made of. */
export interface World {
  readonly random: Random;
  readonly locale: Locale;
  readonly faker: Faker;
}

export function worldOf(random: Random, locale: Locale): World {
  const faker = FAKERS[locale];
  faker.seed(random.below(2 ** 31));
  faker.setDefaultRefDate('2026-03-01T12:00:00.000Z');
  return { random, locale, faker };
}
