// What a detector is: one kind of value, how it is come upon, and how it is told from what only looks like it.
import type { Scan } from './scan/scan.ts';

/** Where in the text a detector is to look closer. */
export interface Anchor {
  readonly text: string;
  /** In this case only; else upper and lower case alike. */
  readonly exact?: boolean;
  /** Not in the middle of a word. */
  readonly wordStart?: boolean;
}

/**
 * Runs of letters (`L`) and digits (`D`) with their lengths, groups of them parted by blanks: `D3 D2 D4`, `L2D6L1`.
 * Letters are of A to Z in either case.
 */
export interface Form {
  readonly shape: string;
  /** What may stand between the groups; the same everywhere unless `mixed`. Left out: a blank, `-` and `.`. */
  readonly between?: string;
  readonly mixed?: boolean;
  /** Of the characters without what stands between them, in upper case. */
  readonly check?: (plain: string) => boolean;
  /** Counts only beside a word of the detector, under a name of it, or in a country that is enabled. */
  readonly context?: boolean;
  /** Only what is written in upper case. */
  readonly upper?: boolean;
}

/** From the first to the second, both taken in. */
export type Range = readonly [least: number, most: number];

/** What a stretch of digits must be like: all that is said of it here. */
export interface Stretch {
  /** How many digits it has, and how many of them before the first mark in it. */
  readonly digits?: Range;
  readonly first?: Range;
  /** How many characters. */
  readonly length?: Range;
  /** A letter stands right before it or after it. */
  readonly letter?: true;
  /** How many letters and digits stand in a row where its first digit is, or where its last is. */
  readonly run?: readonly Range[];
  /** One of these stands right before it, and before that; right after it, and after that. `FAR` is what is not ASCII. */
  readonly before?: string;
  readonly twoBefore?: string;
  readonly after?: string;
  readonly twoAfter?: string;
  /** Marks within it: none, or one of these at least. */
  readonly within?: 'nothing' | 'marks' | 'dots' | 'dashes' | 'blanks';
}

export const KINDS = ['secret', 'financial', 'identity', 'contact', 'network', 'person'] as const;

export interface Detector {
  /** The label: upper case, digits and `_`. */
  readonly type: string;
  readonly kind: (typeof KINDS)[number];
  /** What it is, for the docs. */
  readonly title: string;
  /** A made-up value in as much text as it needs to be found; the value between « and ». */
  readonly example: string;
  /** For the docs: what is verified before something counts. */
  readonly check: string;
  /** Whether a value tells what it is by itself; else it needs words beside it, or a name. */
  readonly tells: 'structure' | 'context';
  /** Which of two that overlap names the whole: the greater. A value's own form is 5, a published prefix 8, a mere name 2. */
  readonly rank?: number;
  /** Words beside which a form that needs context counts: lower case ASCII, matched from a word's start. */
  readonly words?: readonly string[];
  /**
   * Names of keys, columns, headers and fields that say so: lower case, without separators. `ssn` is also found in
   * `customer_ssn`, `SSN` and `ssnNumber`.
   */
  readonly names?: readonly string[];
  /** Names that end in one of these names and mean something else: `publickey`, `nextpagetoken`. */
  readonly notNames?: readonly string[];
  /** Countries (ISO 3166, lower case) in which its numbers count without context, once an operator enables them. */
  readonly countries?: readonly string[];
  readonly anchors?: readonly Anchor[];
  /** At an anchor: `at` is where it begins, `to` where it ends. Adds what it finds to the scan. */
  readonly find?: (scan: Scan, at: number, to: number) => void;
  readonly forms?: readonly Form[];
  /**
   * For each stretch of digits with at most two separators between groups of them (`+1 (555) 010-9999`), unless a form
   * took all of it: `at` is the first digit, `to` the end of the last.
   */
  readonly digits?: (scan: Scan, at: number, to: number) => void;
  /** Which stretches `digits` is asked of, as there are many: those that are like one of these; all where left out. */
  readonly stretches?: readonly Stretch[];
  /**
   * Whether the whole value is one, where its name says so already. The value has no quotes and no blanks around it.
   * `where` it stands in text, in quotes or after its name in a line; left out, it is all there is under a key.
   */
  readonly whole?: (value: string, where?: 'quoted' | 'line') => boolean;
  /** Whether such a whole value may have blanks in it where nothing quotes it, as names and addresses have. */
  readonly spansWords?: boolean;
}
