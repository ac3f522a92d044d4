// Whether a record is one of OCSF 1.8.0: as strictly as the published schema can be read, and no attribute beyond it.
import type { Json, JsonObject } from '../../src/shared/json.ts';
import {
  ADDED,
  ADDED_OBJECTS,
  type Attribute,
  CLASSES,
  OBJECTS,
  PROFILES,
  type Shape,
  TYPES,
  VERSION,
} from './ocsf-facts.ts';

type Problems = string[];

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const BASIC: Readonly<Record<string, (value: Json) => boolean>> = {
  boolean_t: (value) => typeof value === 'boolean',
  string_t: (value) => typeof value === 'string',
  integer_t: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  long_t: (value) => Number.isSafeInteger(value),
  float_t: (value) => typeof value === 'number',
  json_t: () => true,
};

function typeProblems(value: Json, type: string, at: string): Problems {
  const { is = type, regex, longest, least, most } = TYPES[type] ?? {};
  const isBasic = BASIC[is];
  if (isBasic === undefined) return [`${at} is of the type ${type}, which is not among the facts`];
  if (!isBasic(value)) return [`${at} is no ${type}`];
  const text = String(value);
  return [
    ...(regex !== undefined && !new RegExp(regex).test(text) ? [`${at} is no ${type}: ${text}`] : []),
    ...(longest !== undefined && text.length > longest ? [`${at} is longer than a ${type}`] : []),
    ...(least !== undefined && Number(value) < least ? [`${at} is less than a ${type}`] : []),
    ...(most !== undefined && Number(value) > most ? [`${at} is more than a ${type}`] : []),
  ];
}

const OTHER = 99;

function enumProblems(value: Json, { values, sibling }: Attribute, holder: JsonObject, at: string): Problems {
  if (values === undefined) return [];
  const caption = values.get(String(value));
  if (caption === undefined) return [`${at} may not be ${String(value)}`];
  if (sibling === undefined) return [];
  const said = holder[sibling];
  if (value === OTHER) return said === undefined ? [`${at} is 99, and ${sibling} does not say what`] : [];
  return said === undefined || said === caption
    ? []
    : [`${at} is ${caption}, and ${sibling} says ${String(said)}`];
}

/** A caption without what it is the caption of. */
function loneSiblings(holder: JsonObject, attributes: ReadonlyMap<string, Attribute>, at: string): Problems {
  return [...attributes].flatMap(([name, { sibling, values }]) => {
    const isLone = sibling !== undefined && values !== undefined && !(name in holder) && sibling in holder;
    return isLone ? [`${at}${sibling} is there without ${name}`] : [];
  });
}

function constraintProblems(holder: JsonObject, { constraints }: Shape, at: string): Problems {
  return constraints.flatMap(({ kind, of }) => {
    const many = of.filter((name) => holder[name] !== undefined).length;
    if (kind === 'at_least_one') return many === 0 ? [`${at} has none of ${of.join(', ')}`] : [];
    if (kind === 'just_one') return many === 1 ? [] : [`${at} has ${many} of ${of.join(', ')}, not one`];
    return [`${at} has the constraint ${kind}, which is not known`];
  });
}

function valueProblems(value: Json, attribute: Attribute, at: string, profiles: readonly string[]): Problems {
  const { type } = attribute;
  if (type.endsWith('_t')) return typeProblems(value, type, at);
  const shape = OBJECTS.get(type) ?? ADDED_OBJECTS.get(type);
  if (shape === undefined) return [`${at} is of the object ${type}, which is not among the facts`];
  if (!isObject(value)) return [`${at} is no object`];
  return [...memberProblems(value, shape, `${at}.`, profiles), ...constraintProblems(value, shape, at)];
}

function attributeProblems(
  holder: JsonObject,
  name: string,
  attribute: Attribute,
  at: string,
  profiles: readonly string[],
): Problems {
  const value = holder[name];
  if (value === undefined) return attribute.isRequired ? [`${at} is missing`] : [];
  if (attribute.isDeprecated) return [`${at} is deprecated`];
  if (!attribute.isArray) {
    return [...valueProblems(value, attribute, at, profiles), ...enumProblems(value, attribute, holder, at)];
  }
  if (!Array.isArray(value)) return [`${at} is no array`];
  return value.flatMap((one: Json, place) => valueProblems(one, attribute, `${at}[${place}]`, profiles));
}

function memberProblems(holder: JsonObject, shape: Shape, at: string, profiles: readonly string[]): Problems {
  // One without attributes may hold anything.
  if (shape.attributes.size === 0) return [];
  const attributes = new Map(
    [...shape.attributes].filter(([, { profile }]) => profile === undefined || profiles.includes(profile)),
  );
  const unknown = Object.keys(holder).filter((name) => holder[name] !== undefined && !attributes.has(name));
  return [
    ...unknown.map((name) => `${at}${name} is no attribute there`),
    ...[...attributes].flatMap(([name, one]) =>
      attributeProblems(holder, name, one, `${at}${name}`, profiles),
    ),
    ...loneSiblings(holder, attributes, at),
  ];
}

function listed(holder: JsonObject, name: string): readonly Json[] {
  const value = holder[name];
  return Array.isArray(value) ? value : [];
}

function metadataOf(record: JsonObject): JsonObject {
  const metadata = record['metadata'];
  return isObject(metadata) ? metadata : {};
}

function profilesOf(record: JsonObject): readonly string[] {
  return listed(metadataOf(record), 'profiles').map(String);
}

function profileProblems(record: JsonObject, shape: Shape): Problems {
  const extensions = listed(metadataOf(record), 'extensions').flatMap((one) =>
    isObject(one) ? String(one['name']) : [],
  );
  const profiles = profilesOf(record);
  return [
    ...(new Set(profiles).size === profiles.length ? [] : ['metadata.profiles names one twice']),
    ...profiles.flatMap((profile) => {
      const [extension = '', name] = profile.split('/');
      if (name !== undefined) {
        if (!ADDED.has(profile)) return [`${profile} is a profile of no extension that is known`];
        return extensions.includes(extension) ? [] : [`the extension ${extension} is not declared`];
      }
      if (!PROFILES.includes(profile)) return [`${profile} is no profile`];
      return shape.profiles.includes(profile) ? [] : [`${shape.caption} does not take ${profile}`];
    }),
  ];
}

function typeNumberProblems(record: JsonObject, shape: Shape): Problems {
  const { class_uid, activity_id, activity_name, type_uid, type_name } = record;
  const number = Number(class_uid) * 100 + Number(activity_id);
  const activity = shape.attributes.get('activity_id')?.values?.get(String(activity_id));
  const name = `${shape.caption}: ${activity}`;
  return [
    ...(type_uid === number ? [] : [`type_uid is ${String(type_uid)}, not ${number}`]),
    ...(type_name === undefined || type_name === name ? [] : [`type_name is ${type_name}, not ${name}`]),
    ...(activity_name === undefined ? ['activity_name is missing'] : []),
  ];
}

/** Of what a path leads to; undefined where the schema knows no such path. */
function attributeAt(shape: Shape, [step = '', ...rest]: readonly string[]): Attribute | undefined {
  const attribute = shape.attributes.get(step);
  if (attribute === undefined || rest.length === 0) return attribute;
  const below = OBJECTS.get(attribute.type);
  return below === undefined ? undefined : attributeAt(below, rest);
}

/** Of all that stands there, where there are many on the way. */
function valuesAt(value: Json | undefined, path: readonly string[]): readonly Json[] {
  if (Array.isArray(value)) return value.flatMap((one: Json) => valuesAt(one, path));
  const [step, ...rest] = path;
  if (step !== undefined) return isObject(value) ? valuesAt(value[step], rest) : [];
  return value === undefined ? [] : [value];
}

function observableProblems(record: JsonObject, shape: Shape): Problems {
  return listed(record, 'observables').flatMap((one, place): Problems => {
    if (!isObject(one)) return [];
    const at = `observables[${place}]`;
    const { name, type_id, value } = one;
    const path = String(name).split('.');
    const pointed = attributeAt(shape, path);
    if (pointed === undefined)
      return [`${at} points at ${String(name)}, which ${shape.caption} does not have`];
    return [
      ...(pointed.observable === type_id
        ? []
        : [`${at} is of ${pointed.observable}, not ${String(type_id)}`]),
      ...(value !== undefined && valuesAt(record, path).includes(value)
        ? []
        : [`${at} is not at ${String(name)}`]),
    ];
  });
}

function addedBy(profiles: readonly string[]): readonly (readonly [string, Attribute])[] {
  return profiles.flatMap((profile) => [...(ADDED.get(profile) ?? [])]);
}

/** What is wrong, a line each; nothing where it is a record that the schema allows. */
export function ocsfProblems(record: JsonObject): readonly string[] {
  const known = CLASSES.get(String(record['class_uid']));
  if (known === undefined) return [`there is no class ${String(record['class_uid'])} among the facts`];
  const profiles = profilesOf(record);
  const shape = { ...known, attributes: new Map([...known.attributes, ...addedBy(profiles)]) };
  const { version } = metadataOf(record);
  return [
    ...memberProblems(record, shape, '', profiles),
    ...constraintProblems(record, shape, shape.caption),
    ...(version === VERSION ? [] : [`metadata.version is ${String(version)}, not ${VERSION}`]),
    ...profileProblems(record, shape),
    ...typeNumberProblems(record, shape),
    ...observableProblems(record, shape),
  ];
}
