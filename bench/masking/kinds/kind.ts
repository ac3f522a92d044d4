// What a kind of value is to the generators: how one is made, and what people and machines call it.
import type { Locale, World } from '../random.ts';

export interface Kind {
  readonly type: string;
  /** Whether a value tells what it is by itself: then it also stands without a word beside it. */
  readonly tells: 'structure' | 'context';
  /** To be masked to its last character. */
  readonly secret?: boolean;
  /** With marks where not all of it is to be found. */
  readonly make: (world: World) => string;
  /** What people call it, in a sentence. */
  readonly words: readonly string[];
  /** The same in other languages. */
  readonly local?: Partial<Readonly<Record<Language, readonly string[]>>>;
  /** Names of fields that hold it. */
  readonly keys: readonly string[];
  /** Where it occurs only there. */
  readonly locales?: readonly Locale[];
  /** Sentences of its own, with `{v}` for the value. */
  readonly sentences?: readonly string[];
  /** Sentences around its words, where those of everybody else read oddly. */
  readonly worded?: readonly string[];
  /** What it takes no part in: a PEM block stands in no CSV. */
  readonly only?: 'sentences';
}

export type Language = 'en' | 'de' | 'es' | 'fr' | 'it' | 'nl' | 'pl' | 'pt';

export function languageOf(locale: Locale): Language {
  return locale.slice(0, 2) as Language;
}
