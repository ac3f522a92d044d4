// The places in a JSON object that a route's rules name, as one tree: `labels[]`, `assignee.team`, `items[].price`.
import type { FieldRule } from '../../config/index.ts';

export interface Place {
  /** As the operator writes it; empty for the whole body. */
  readonly path: string;
  rule: FieldRule | undefined;
  /** What each value of a list must be. */
  items: Place | undefined;
  readonly fields: Map<string, Place>;
  /** The names of `fields` as those read them who tell neither capitals nor styles of names apart. */
  readonly folded: Set<string>;
}

const place = (path: string): Place => ({
  path,
  rule: undefined,
  items: undefined,
  fields: new Map(),
  folded: new Set(),
});

/** What stands between the words of a name, and what can't be seen. */
const BETWEEN_WORDS = /[\p{Pc}\p{Pd}\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;

/** One for all that some servers take for the same name: `Assignee_team` is `assigneeTeam` to them. */
export function folded(name: string): string {
  const plain = name.normalize('NFKC').toUpperCase().toLowerCase();
  const words = plain.replace(BETWEEN_WORDS, '');
  // Of nothing else, it is a name of its own.
  return words === '' ? plain : words;
}

function within(parent: Place, name: string): Place {
  const known = parent.fields.get(name);
  if (known !== undefined) return known;
  const made = place(parent.path === '' ? name : `${parent.path}.${name}`);
  parent.fields.set(name, made);
  parent.folded.add(folded(name));
  return made;
}

function itemsOf(parent: Place): Place {
  parent.items ??= place(`${parent.path}[]`);
  return parent.items;
}

const NAME = /^[^[]*/u;

function compile(rules: Readonly<Record<string, FieldRule>>): Place {
  const root = place('');
  for (const [path, rule] of Object.entries(rules)) {
    let at = root;
    for (const part of path.split('.')) {
      const name = NAME.exec(part)?.[0] ?? '';
      at = within(at, name);
      for (let rest = part.length - name.length; rest > 0; rest -= 2) at = itemsOf(at);
    }
    at.rule = rule;
  }
  return root;
}

const compiled = new WeakMap<Readonly<Record<string, FieldRule>>, Place>();

/** Made once for the same rules. */
export function placesOf(rules: Readonly<Record<string, FieldRule>>): Place {
  const known = compiled.get(rules) ?? compile(rules);
  compiled.set(rules, known);
  return known;
}

/** Whether that place, or one below it, must be there. */
export function isRequired({ rule, items, fields }: Place): boolean {
  if (rule?.required === true) return true;
  return (items !== undefined && isRequired(items)) || [...fields.values()].some(isRequired);
}
