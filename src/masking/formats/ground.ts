// What every format works with: the finder, and operators' rules by path, key and column, ready to be asked.
import type { Action, MaskType, Span } from '../model.ts';
import type { MaskingRules } from '../rules.ts';
import type { Finder } from '../scan/finder.ts';
import { labelEnd } from '../scan/labels.ts';
import { copyOf, type Named } from '../scan/names.ts';
import { type ColumnRules, createColumnRules } from './columns.ts';
import { type Edit, editsOfFreeText, type Mark } from './edits.ts';
import { type Inherits, inheritsOf } from './inherit.ts';
import type { PathState } from './paths.ts';
import { type CompiledPath, compilePath, createPathMatcher, OFF_PATH, type PathMatcher } from './paths.ts';

/** The label where a rule masks what no detector knows. */
export const OF_RULE: MaskType = 'RULE';

const LONGEST_KEY = 256;
/** Keys that say little by themselves. */
const VAGUE = new Set(['name', 'number', 'no', 'value', 'holder', 'raw', 'plain']);
const MOST_REMEMBERED = 4096;
const NOTHING: readonly never[] = [];

export interface GroundOptions {
  readonly finder: Finder;
  readonly rules: Pick<MaskingRules, 'paths' | 'keys' | 'columns'>;
  /** Of every label there is: a value that is one already is left alone. */
  readonly types: ReadonlySet<string>;
  /** The type that a name speaks of. */
  readonly typeOf: (named: Named) => MaskType | undefined;
  /** Whether a detector looks for secrets. */
  readonly isSecret: (detector: number) => boolean;
}

/** Where a value stands: what its name says, and what rules say. */
export interface Place {
  readonly named: Named | undefined;
  readonly rule: Action | undefined;
  readonly path: PathState;
  /** The key that it stands under, itself or the list that it is in. */
  readonly key?: string;
  /** What the text is the rest of, in a list of lines. */
  readonly before?: string | undefined;
}

/** What is known of a key, wherever it stands. */
interface Keyed {
  /** Its place where no path and no rule from above has a say. */
  readonly place: Place;
  readonly marks: readonly Mark[];
  readonly isVague: boolean;
  /** What it has from the key above. */
  readonly inherits: Inherits;
}

export class Ground {
  readonly finder: Finder;
  readonly columns: ColumnRules;
  readonly root: Place;
  readonly #paths: PathMatcher;
  readonly #keys: ReadonlyMap<string, Action>;
  readonly #types: ReadonlySet<string>;
  readonly #typeOf: GroundOptions['typeOf'];
  readonly #isSecret: GroundOptions['isSecret'];
  readonly #secrets = new Map<Named, Named | undefined>();
  readonly #remembered = new Map<string, Keyed>();
  /** The key that was asked for last: it is asked for several times. */
  #lastKey: string | undefined;
  #last: Keyed | undefined;

  constructor({ finder, rules, types, typeOf, isSecret }: GroundOptions) {
    this.finder = finder;
    this.columns = createColumnRules(rules.columns);
    this.#types = types;
    this.#typeOf = typeOf;
    this.#isSecret = isSecret;
    this.#keys = new Map(Object.entries(rules.keys).map(([key, action]) => [key.toLowerCase(), action]));
    this.#paths = createPathMatcher(Object.entries(rules.paths).map(compiledRule));
    this.root = { named: undefined, rule: this.#paths.root.action, path: this.#paths.root };
  }

  /** `under` is the key that it stands under, where it says little by itself: `{"customer": {"name": …}}`. */
  #keyed(given: string, under?: string): Keyed {
    if (under === undefined && given === this.#lastKey) return this.#last as Keyed;
    const keyed = this.#keyedUnder(given, under);
    if (under === undefined) {
      // Its own copy: what was given keeps the document in memory.
      this.#lastKey = keyed.place.key;
      this.#last = keyed;
    }
    return keyed;
  }

  #keyedUnder(given: string, under: string | undefined): Keyed {
    const whole = under === undefined ? given : `${under}.${given}`;
    const known = this.#remembered.get(whole);
    if (known !== undefined) return known;
    const key = copyOf(given);
    const marks = this.finder.find(key);
    const named = this.finder.names.lookUp(this.#withoutMasked(under === undefined ? key : whole, marks));
    const place = { named, rule: this.#keys.get(key.toLowerCase()), path: OFF_PATH, key };
    const isVague = VAGUE.has(key.toLowerCase());
    const keyed = { place, marks, isVague, inherits: inheritsOf(this.#withoutMasked(key, marks)) };
    if (key.length > LONGEST_KEY) return keyed;
    // A hostile document may have any number of keys.
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(under === undefined ? key : copyOf(whole), keyed);
    return keyed;
  }

  /** What is masked of a key says nothing of its value, nor does a label: so that it says the same once it is masked. */
  #withoutMasked(key: string, marks: readonly Mark[]): string {
    if (marks.length === 0 && !key.includes('[')) return key;
    let rest = '';
    let at = 0;
    for (const { start, end } of [...marks, { start: key.length, end: key.length }]) {
      rest += `${key.slice(at, start)} `;
      at = end;
    }
    return withoutLabels(rest.slice(0, -1), this.#types);
  }

  /** What stands under a key, in a place. The nearest rule holds; of two for the same value, the path's. */
  member(parent: Place, key: string): Place {
    const alone = this.#keyed(key);
    const keyed = alone.isVague && parent.key !== undefined ? this.#keyed(key, parent.key) : alone;
    const named = keyed.place.named ?? (parent.named && this.#inherited(parent.named, keyed.inherits));
    const place = named === keyed.place.named ? keyed.place : { ...keyed.place, named };
    if (parent.path === OFF_PATH && (parent.rule === undefined || place.rule !== undefined)) return place;
    const path = this.#paths.step(parent.path, key);
    const rule = path.action ?? place.rule ?? parent.rule;
    return { named, rule, path, key };
  }

  /** What the name above says of a value whose own key says nothing: all under a secret's name is secret. */
  #inherited(above: Named, inherits: Inherits): Named | undefined {
    if (inherits !== 'secrets') return inherits === 'all' ? above : undefined;
    if (!this.#secrets.has(above)) {
      const secrets = above.filter(this.#isSecret);
      if (this.#secrets.size >= MOST_REMEMBERED) this.#secrets.clear();
      this.#secrets.set(above, secrets.length === 0 ? undefined : secrets);
    }
    return this.#secrets.get(above);
  }

  /** An array's item: what the array's name says holds for it. */
  item(parent: Place, index: number): Place {
    if (parent.path === OFF_PATH) return parent;
    const path = this.#paths.step(parent.path, index);
    const rule = path.action ?? parent.rule;
    return path === parent.path && rule === parent.rule ? parent : { ...parent, rule, path };
  }

  /** By its name alone: a header, a form's field. */
  field(name: string): Place {
    return this.#keyed(name).place;
  }

  /** The same, for whoever asks without it. */
  readonly knows = (name: string): boolean => this.isKnown(name);

  isKnown(name: string): boolean {
    // Most names say nothing; only what may be masked of one is looked at closer.
    if (!/[[@\d]/u.test(name) && this.finder.names.lookUp(name) === undefined)
      return this.#keys.has(name.toLowerCase());
    const { named, rule } = this.field(name);
    return named !== undefined || rule !== undefined;
  }

  /** What is masked of a key itself. */
  marksOfKey(parent: Place, key: string): readonly Mark[] {
    return parent.rule === 'keep' ? [] : this.#keyed(key).marks;
  }

  /** What is masked of a value without parts, as it is meant. */
  marksOf({ named, rule, before }: Place, text: string): readonly Mark[] {
    if (rule === undefined) {
      const goesOn = before === undefined ? NOTHING : this.#goingOn(before, text);
      return goesOn.length === 0 ? this.finder.find(text, named) : goesOn;
    }
    // Nothing is hidden of what is empty.
    if (rule === 'keep' || text === '' || this.isLabel(text)) return [];
    return [{ type: this.#typeUnderRule(named, text), start: 0, end: text.length, action: rule }];
  }

  /** What is masked of a text as it goes on from the one before. */
  #goingOn(before: string, text: string): readonly Mark[] {
    return this.finder
      .find(before + text)
      .map(({ type, start, end }) => ({
        type,
        start: Math.max(0, start - before.length),
        end: end - before.length,
      }))
      .filter(({ end }) => end > 0);
  }

  /** What is masked of `true`, `false` or `null`: nothing, unless a rule says so. */
  markOfLiteral({ named, rule }: Place): (Omit<Mark, keyof Span> & { type: MaskType }) | undefined {
    if (rule === undefined || rule === 'keep') return undefined;
    const type = this.typeOf(named);
    // Its last four characters are all of it.
    return { type, action: rule === 'last4' ? 'redact' : rule };
  }

  isLabel(text: string): boolean {
    if (text.charCodeAt(0) !== 91) return false;
    // In headers, three dots stand for the ellipsis.
    const label = text.replace(':...', ':…');
    return labelEnd(label, 0, this.#types) === label.length;
  }

  #typeUnderRule(named: Named | undefined, text: string): MaskType {
    const [span] = this.finder.find(text, named);
    if (span !== undefined && span.start === 0 && span.end === text.length) return span.type;
    return this.typeOf(named);
  }

  /** The type of a value that is masked for its name alone. */
  typeOf(named: Named | undefined): MaskType {
    return (named && this.#typeOf(named)) ?? OF_RULE;
  }

  /** Whether the name says of the whole value what it is, whatever its parts would say. */
  isWhole({ named }: Place, text: string): boolean {
    if (named === undefined) return false;
    const [span] = this.finder.find(text, named);
    return span !== undefined && span.start === 0 && span.end === text.length;
  }

  editsOf(place: Place, text: string): readonly Edit[] {
    const marks = this.marksOf(place, text);
    return marks.length === 0 ? NOTHING : editsOfFreeText(text, marks);
  }
}

function compiledRule([text, action]: readonly [string, Action]): readonly [CompiledPath, Action] {
  const path = compilePath(text);
  // `check` has said it in the operator's own file; left out, the rule would mask nothing, silently.
  if ('problem' in path) throw new Error(`masking: the path ${text}: ${path.problem}`);
  return [path, action];
}

function withoutLabels(text: string, types: ReadonlySet<string>): string {
  let rest = '';
  let from = 0;
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', Math.max(from, at + 1))) {
    const end = labelEnd(text, at, types);
    if (end === -1) continue;
    rest += `${text.slice(from, at)} `;
    from = end;
  }
  return rest + text.slice(from);
}
