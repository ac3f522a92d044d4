// The schema of OCSF 1.8.0 as a check reads it, from the facts that scripts/ocsf-facts.ts has cut from what is published.
import { readFileSync } from 'node:fs';

export interface Attribute {
  readonly type: string;
  readonly isArray: boolean;
  readonly isRequired: boolean;
  readonly isDeprecated: boolean;
  /** Without it, it is not there. */
  readonly profile?: string;
  /** Where an enumeration's caption stands. */
  readonly sibling?: string;
  readonly observable?: number;
  /** Captions by value. */
  readonly values?: ReadonlyMap<string, string>;
}

export interface Shape {
  readonly caption: string;
  readonly profiles: readonly string[];
  readonly constraints: readonly { readonly kind: string; readonly of: readonly string[] }[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface ValueType {
  readonly is?: string;
  readonly regex?: string;
  readonly longest?: number;
  readonly least?: number;
  readonly most?: number;
}

type Texts = Readonly<Record<string, string>>;

export interface ShapeText {
  readonly caption?: string;
  readonly profiles?: string;
  readonly constraints?: Texts;
  readonly enums?: Texts;
  readonly attributes: Texts;
}

interface FactsText {
  readonly version: string;
  readonly profiles: string;
  readonly types: Readonly<Record<string, ValueType>>;
  readonly classes: Readonly<Record<string, ShapeText>>;
  readonly objects: Readonly<Record<string, ShapeText>>;
}

/** `0 Unknown | 1 Success` */
function valuesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(' | ').map((one) => [one.slice(0, one.indexOf(' ')), one.slice(one.indexOf(' ') + 1)]),
  );
}

function marked(words: readonly string[], mark: string): string | undefined {
  return words.find((word) => word.startsWith(`${mark}=`))?.slice(mark.length + 1);
}

/** `string_t[] required profile=host sibling=status observable=31 deprecated` */
function attributeOf(text: string, values: string | undefined): Attribute {
  const [type = '', ...words] = text.split(' ');
  const [profile, sibling, observable] = ['profile', 'sibling', 'observable'].map((mark) =>
    marked(words, mark),
  );
  return {
    ...{ type: type.replace('[]', ''), isArray: type.endsWith('[]') },
    ...{ isRequired: words.includes('required'), isDeprecated: words.includes('deprecated') },
    ...(profile === undefined ? {} : { profile }),
    ...(sibling === undefined ? {} : { sibling }),
    ...(observable === undefined ? {} : { observable: Number(observable) }),
    ...(values === undefined ? {} : { values: valuesOf(values) }),
  };
}

function shapeOf({ caption = '', profiles = '', constraints = {}, enums = {}, attributes }: ShapeText) {
  const shape: Shape = {
    caption,
    profiles: profiles.split(' '),
    constraints: Object.entries(constraints).map(([kind, of]) => ({ kind, of: of.split(' ') })),
    attributes: new Map(
      Object.entries(attributes).map(([name, text]) => [name, attributeOf(text, enums[name])]),
    ),
  };
  return shape;
}

function shapesOf(texts: Readonly<Record<string, ShapeText>>): ReadonlyMap<string, Shape> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, shapeOf(text)]));
}

const TEXT = JSON.parse(
  readFileSync(new URL('../audit/ocsf/schema-1.8.0.json', import.meta.url), 'utf8'),
) as FactsText;

export const VERSION = TEXT.version;
export const TYPES = TEXT.types;
export const PROFILES: readonly string[] = TEXT.profiles.split(' ');
/** By number. */
export const CLASSES = shapesOf(TEXT.classes);
export const OBJECTS = shapesOf(TEXT.objects);

/** What a profile of an extension adds to every class, as the draft of OCSF 1.9.0 has it. */
export const ADDED: ReadonlyMap<string, ReadonlyMap<string, Attribute>> = new Map([
  [
    'bailiwick/record_integrity',
    new Map([['attestation_list', attributeOf('bailiwick/attestation[] required', undefined)]]),
  ],
]);

/** The objects of that draft, all that records have of them. */
export const ADDED_OBJECTS = shapesOf({
  'bailiwick/attestation': {
    constraints: { at_least_one: 'fingerprint signatures' },
    attributes: { uid: 'string_t', fingerprint: 'bailiwick/fingerprint recommended' },
  },
  'bailiwick/fingerprint': {
    enums: {
      algorithm_id: '3 SHA-256',
      encoding_id: '1 Hex | 2 Base64 | 3 Base64URL',
      serialization_id: '2 JCS',
    },
    attributes: {
      algorithm: 'string_t',
      algorithm_id: 'integer_t required sibling=algorithm',
      encoding: 'string_t',
      encoding_id: 'integer_t recommended sibling=encoding',
      serialization: 'string_t',
      serialization_id: 'integer_t sibling=serialization',
      value: 'file_hash_t required',
    },
  },
});
