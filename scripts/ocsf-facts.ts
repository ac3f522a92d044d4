// `node scripts/ocsf-facts.ts DIR [INTO]`: what the tests need to know of OCSF, cut from the schema's own files in DIR.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const WHERE = 'test/audit/ocsf/schema-1.8.0.json';

/** By file, below `events/`. */
const CLASSES = [
  'base_event',
  'findings/detection_finding',
  'iam/authentication',
  'iam/authorize_session',
  'iam/entity_management',
  'network/ssh_activity',
  'application/api_activity',
  'application/datastore_activity',
];

/** Those that records are made of, and those that stand in these. What refers to another one keeps its name only. */
const OBJECTS = [
  'actor',
  'analytic',
  'api',
  'authentication_token',
  'authorization',
  'database',
  'extension',
  'finding_info',
  'group',
  'http_request',
  'http_response',
  'key_value_object',
  'managed_entity',
  'metadata',
  'network_endpoint',
  'object',
  'observable',
  'policy',
  'product',
  'related_event',
  'request',
  'resource_details',
  'response',
  'service',
  'session',
  'table',
  'trace',
  'url',
  'user',
];

interface Described {
  readonly caption?: string;
  readonly observable?: number;
}

interface Attribute extends Described {
  readonly type?: string;
  readonly is_array?: boolean;
  readonly requirement?: string;
  readonly profile?: string | null;
  readonly sibling?: string;
  readonly enum?: Readonly<Record<string, Described>>;
  readonly '@deprecated'?: object;
}

type Attributes = Readonly<Record<string, Attribute>>;

interface Shape extends Described {
  readonly name: string;
  readonly uid?: number;
  readonly category?: string;
  readonly extends?: string;
  readonly attributes: Attributes & { readonly $include?: readonly string[] };
  readonly constraints?: Readonly<Record<string, readonly string[]>>;
  readonly profiles?: readonly string[];
}

interface Type extends Described {
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
  readonly range?: readonly [number, number];
}

interface Dictionary {
  readonly attributes: Attributes;
  readonly types: { readonly attributes: Readonly<Record<string, Type>> };
}

interface Schema {
  readonly version: string;
  readonly categories: Readonly<Record<string, { readonly uid: number; readonly caption: string }>>;
  readonly dictionary: Dictionary;
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly profiles: ReadonlyMap<string, Shape>;
}

const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function sorted<Value>(entries: Iterable<readonly [string, Value]>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => byName(a, b)));
}

function json<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8')) as Value;
}

function shapesBelow(directory: string): ReadonlyMap<string, Shape> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const named = files.filter((file) => file.endsWith('.json'));
  return new Map(named.map((file) => [basename(file, '.json'), json<Shape>(join(directory, file))]));
}

function readSchema(directory: string): Schema {
  return {
    version: json<{ version: string }>(join(directory, 'version.json')).version,
    categories: json<{ attributes: Schema['categories'] }>(join(directory, 'categories.json')).attributes,
    dictionary: json<Dictionary>(join(directory, 'dictionary.json')),
    shapes: new Map([...shapesBelow(join(directory, 'objects')), ...shapesBelow(join(directory, 'events'))]),
    profiles: shapesBelow(join(directory, 'profiles')),
  };
}

function merged(below: Attribute, above: Attribute): Attribute {
  const both = { ...below, ...above };
  return below.enum === undefined && above.enum === undefined
    ? both
    : { ...both, enum: { ...below.enum, ...above.enum } };
}

function mergedAll(...layers: readonly Attributes[]): Attributes {
  const all = new Map<string, Attribute>();
  for (const layer of layers) {
    for (const [name, one] of Object.entries(layer)) all.set(name, merged(all.get(name) ?? {}, one));
  }
  return Object.fromEntries(all);
}

/** What a profile adds is marked with it, unless the class takes it for its own. */
function includedBy(schema: Schema, includes: readonly string[]): Attributes {
  const layers = includes.map((file) => {
    const profile = schema.profiles.get(basename(file, '.json'));
    if (profile === undefined) throw new Error(`${file} is no profile`);
    const { $include: _, ...own } = profile.attributes;
    return Object.fromEntries(
      Object.entries(own).map(([name, one]) => [name, { ...one, profile: profile.name }]),
    );
  });
  return mergedAll(...layers);
}

type Whole = Omit<Shape, 'attributes'> & { readonly attributes: Attributes };

/** With all that it extends. */
function wholeOf(schema: Schema, name: string): Whole {
  const shape = schema.shapes.get(name);
  if (shape === undefined) throw new Error(`there is no ${name}`);
  const { $include = [], ...own } = shape.attributes;
  const below = shape.extends === undefined ? undefined : wholeOf(schema, shape.extends);
  return {
    ...below,
    ...shape,
    attributes: mergedAll(below?.attributes ?? {}, includedBy(schema, $include), own),
    constraints: { ...below?.constraints, ...shape.constraints },
    profiles: [...new Set([...(below?.profiles ?? []), ...(shape.profiles ?? [])])].sort(byName),
  };
}

/** One line: `string_t[] required profile=host sibling=status observable=31 deprecated`. What is optional says nothing. */
function lineOf({ dictionary, shapes }: Schema, name: string, own: Attribute): string {
  const one = merged(dictionary.attributes[name] ?? {}, own);
  if (one.type === undefined) throw new Error(`${name} has no type`);
  const ofType = dictionary.types.attributes[one.type]?.observable ?? shapes.get(one.type)?.observable;
  const observable = one.observable ?? ofType;
  return [
    `${one.type}${one.is_array === true ? '[]' : ''}`,
    ...(one.requirement === 'required' || one.requirement === 'recommended' ? [one.requirement] : []),
    ...(typeof one.profile === 'string' ? [`profile=${one.profile}`] : []),
    ...(one.sibling === undefined ? [] : [`sibling=${one.sibling}`]),
    ...(observable === undefined ? [] : [`observable=${observable}`]),
    ...(one['@deprecated'] === undefined ? [] : ['deprecated']),
  ].join(' ');
}

/** One line: `0 Unknown | 1 Success`. */
function captions(values: Readonly<Record<string, Described>>): string {
  return Object.entries(values)
    .map(([id, { caption = '' }]) => `${id} ${caption}`)
    .join(' | ');
}

function enumsOf({ dictionary }: Schema, attributes: Attributes) {
  return Object.entries(attributes).flatMap(([name, own]) => {
    const values = merged(dictionary.attributes[name] ?? {}, own).enum;
    return values === undefined ? [] : [[name, captions(values)] as const];
  });
}

function factsOf(schema: Schema, { attributes, constraints = {}, profiles = [] }: Whole) {
  const enums = enumsOf(schema, attributes);
  return {
    ...(profiles.length === 0 ? {} : { profiles: profiles.join(' ') }),
    ...(Object.keys(constraints).length === 0
      ? {}
      : { constraints: sorted(Object.entries(constraints).map(([kind, of]) => [kind, of.join(' ')])) }),
    ...(enums.length === 0 ? {} : { enums: sorted(enums) }),
    attributes: sorted(
      Object.entries(attributes).map(([name, own]) => [name, lineOf(schema, name, own)] as const),
    ),
  };
}

const CLASSES_OF_A_CATEGORY = 1000;

function classFacts(schema: Schema, name: string): readonly [string, object] {
  const whole = wholeOf(schema, name);
  const category = schema.categories[whole.category ?? ''] ?? { uid: 0, caption: 'Uncategorized' };
  const uid = category.uid * CLASSES_OF_A_CATEGORY + (whole.uid ?? 0);
  const enums = { class_uid: { [uid]: whole }, category_uid: { [category.uid]: category } };
  const attributes = Object.entries(whole.attributes).map(([attribute, own]) => {
    const only = attribute === 'class_uid' || attribute === 'category_uid' ? enums[attribute] : own.enum;
    return [attribute, only === undefined ? own : { ...own, enum: only }] as const;
  });
  return [
    String(uid),
    { caption: whole.caption, ...factsOf(schema, { ...whole, attributes: Object.fromEntries(attributes) }) },
  ];
}

/** What may be pointed at, wherever the schema says so: by type, by attribute, by object, by an object's attribute. */
function observables({ dictionary, shapes }: Schema): Readonly<Record<string, Described>> {
  const objects = [...shapes.values()];
  const plain = [
    ...Object.values(dictionary.types.attributes),
    ...Object.values(dictionary.attributes),
    ...objects,
  ].map(({ observable, caption = '' }) => [observable, caption] as const);
  const ofObjects = objects.flatMap(({ caption = '', attributes: { $include: _, ...own } }) =>
    Object.entries(own).map(([name, { observable }]) => [observable, `${caption} Object: ${name}`] as const),
  );
  const found = [...plain, ...ofObjects].filter(([id]) => id !== undefined);
  return Object.fromEntries(found.map(([id, caption]) => [String(id), { caption }]));
}

/** Numbers of observables stand in no enumeration of the schema's files: they are gathered from all of it. */
function objectFacts(schema: Schema, name: string): readonly [string, object] {
  const whole = wholeOf(schema, name);
  if (name !== 'observable') return [name, factsOf(schema, whole)];
  const attributes = mergedAll(whole.attributes, { type_id: { enum: observables(schema) } });
  return [name, factsOf(schema, { ...whole, attributes })];
}

function types({ dictionary }: Schema): Readonly<Record<string, object>> {
  return sorted(
    Object.entries(dictionary.types.attributes).map(([name, { type, regex, max_len, range }]) => [
      name,
      {
        ...(type === undefined ? {} : { is: type }),
        ...(regex === undefined ? {} : { regex }),
        ...(max_len === undefined ? {} : { longest: max_len }),
        ...(range === undefined ? {} : { least: range[0], most: range[1] }),
      },
    ]),
  );
}

const [directory, into = join(ROOT, WHERE), ...more] = process.argv.slice(2);
if (directory === undefined || more.length > 0) {
  console.error(
    "usage: node scripts/ocsf-facts.ts DIR [INTO]\n\nDIR holds OCSF's schema: dictionary.json, events/, objects/, profiles/.",
  );
  process.exitCode = 2;
} else {
  const schema = readSchema(resolve(directory));
  const facts = {
    origin: `Made by scripts/ocsf-facts.ts from the Open Cybersecurity Schema Framework ${schema.version}, https://github.com/ocsf/ocsf-schema: changed and cut to what Bailiwick's records need`,
    licence: 'Apache-2.0, https://www.apache.org/licenses/LICENSE-2.0',
    version: schema.version,
    profiles: [...schema.profiles.keys()].sort(byName).join(' '),
    types: types(schema),
    classes: sorted(CLASSES.map((name) => classFacts(schema, basename(name)))),
    objects: sorted(OBJECTS.map((name) => objectFacts(schema, name))),
  };
  writeFileSync(into, `${JSON.stringify(facts, null, 2)}\n`);
  console.log(`${CLASSES.length} classes and ${OBJECTS.length} objects of OCSF ${schema.version}`);
}
