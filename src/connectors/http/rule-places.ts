// The places in a JSON object that a route's rules name, as one tree: `labels[]`, `assignee.team`, `items[].price`.
import type { FieldRule } from '../../config/index.ts';

export interface Place {
  /** As the operator writes it; empty for the whole body. */
  readonly path: string;
  rule: FieldRule | undefined;
  /** What each value of a list must be. */
  items: Place | undefined;
  readonly fields: Map<string, Place>;
  /** The names of `fields` as those who do not tell capitals apart read them. */
  readonly folded: Set<string>;
}

const place = (path: string): Place => ({
  path,
  rule: undefined,
  items: undefined,
  fields: new Map(),
  folded: new Set(),
});

/** One for all that some servers take for the same name. */
export function folded(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase();
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
