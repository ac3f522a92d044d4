// What a schema finds wrong, in plain words, on the line where it stands.
import type { z } from 'zod';
import type { Fault } from '../model.ts';
import { at, type Path } from './access.ts';
import { type JsonSchema, type Kind, keysAt, SCHEMAS, schemaAt, schemaOf } from './schema/index.ts';
import { faultAt, type Source } from './source.ts';
import { pathText, quoted, rather } from './words.ts';

type Issue = z.core.$ZodIssue;
type Problem = readonly [path: Path, problem: string];

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

const PRIVATE_MEMBERS: readonly string[] = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function found(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'nothing';
  return typeof value === 'object' ? 'a mapping' : quoted(value);
}

/** Where some write a credential itself, which then must not stand in a log, too. */
function isOfSecrets(path: Path): boolean {
  return path[0] === 'inject' || path[0] === 'secret';
}

/** The sentence that the schema says of a key, to go behind a colon. */
function meaning(schema: JsonSchema, path: Path): string {
  const description = schemaAt(schema, path)?.description;
  return description === undefined ? '' : `: ${description.charAt(0).toLowerCase()}${description.slice(1)}`;
}

function wrongType(
  issue: z.core.$ZodIssueInvalidType,
  path: Path,
  data: unknown,
  schema: JsonSchema,
): string {
  const value = at(data, path);
  const name = pathText(path);
  const expected = EXPECTED[issue.expected] ?? issue.expected;
  if (path.length === 0) return `the file must hold ${expected}, not ${found(value)}`;
  if (value === undefined) return `${name} is missing${meaning(schema, path)}`;
  if (value === null) return `${name} is empty${meaning(schema, path)}`;
  if (isOfSecrets(path)) return `${name} must be ${expected}${meaning(schema, path)}`;
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  const cure = issue.expected === 'string' && isPlain ? '; put it in quotes' : '';
  return `${name} must be ${expected}, not ${found(value)}${cure}`;
}

function unknownKey(path: Path, key: string, schema: JsonSchema): string {
  if (path.includes('jwks') && PRIVATE_MEMBERS.includes(key)) {
    return `${quoted(key)} is part of a private or shared key: only public keys belong here, and this one needs replacing`;
  }
  if (/^not_?(?:actions?|resources?)$/iu.test(key)) {
    return `${quoted(key)} is not known here: name what is allowed, since whatever is not named is refused`;
  }
  const where = path.length === 0 ? '' : ` in ${pathText(path)}`;
  return `${quoted(key)} is not a known key${where}${rather(key, keysAt(schema, path))}`;
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, path: Path): string {
  const [side, limit] = issue.code === 'too_small' ? ['least', issue.minimum] : ['most', issue.maximum];
  if (issue.origin === 'array') {
    return limit === 1
      ? `${pathText(path)} must hold at least one`
      : `${pathText(path)} must hold at ${side} ${limit}`;
  }
  return `${pathText(path)} must be at ${side} ${limit}`;
}

function expectedKinds(issue: z.core.$ZodIssueInvalidUnion): readonly string[] {
  return issue.errors.flat().flatMap((inner) => {
    if (inner.code === 'invalid_union') return expectedKinds(inner);
    return inner.code === 'invalid_type' ? [EXPECTED[inner.expected] ?? inner.expected] : [];
  });
}

function lacksKey(shape: readonly Issue[], value: unknown): boolean {
  return shape.some(({ code, path }) => code === 'invalid_type' && at(value, pathOf(path)) === undefined);
}

/** Of several shapes that do not fit, the one that was meant: whose own parts are wrong, not the whole. */
function meantShape(issue: z.core.$ZodIssueInvalidUnion, value: unknown): readonly Issue[] | undefined {
  const shapes = issue.errors.filter((shape) =>
    shape.some(({ code, path }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_union')),
  );
  // A shape whose key isn't even there was hardly meant.
  return shapes.find((shape) => !lacksKey(shape, value)) ?? shapes[0];
}

function ofUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  data: unknown,
  schema: JsonSchema,
): readonly Problem[] {
  const value = at(data, path);
  const meant = meantShape(issue, value);
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, path, data, schema));
  if (value === undefined || value === null) {
    return [
      [path, `${pathText(path)} ${value === null ? 'is empty' : 'is missing'}${meaning(schema, path)}`],
    ];
  }
  const kinds = [...new Set(expectedKinds(issue))];
  if (isOfSecrets(path)) return [[path, `${pathText(path)} must be ${kinds.join(' or ')}`]];
  const cure = kinds.includes('text') && typeof value !== 'object' ? '; put it in quotes' : '';
  return [[path, `${pathText(path)} must be ${kinds.join(' or ')}, not ${found(value)}${cure}`]];
}

function problemsOf(issue: Issue, above: Path, data: unknown, schema: JsonSchema): readonly Problem[] {
  const path: Path = [...above, ...pathOf(issue.path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => [[...path, key], unknownKey(path, key, schema)]);
    case 'invalid_type':
      return [[path, wrongType(issue, path, data, schema)]];
    case 'invalid_union':
      return ofUnion(issue, path, data, schema);
    case 'too_small':
    case 'too_big':
      return [[path, bound(issue, path)]];
    case 'invalid_value': {
      const value = at(data, path);
      if (value === undefined || value === null) {
        const what = value === null ? 'is empty' : 'is missing';
        return [[path, `${pathText(path)} ${what}${meaning(schema, path)}`]];
      }
      const known = issue.values.map(String);
      const right = known.length === 1 ? `must be ${quoted(known[0])}` : `must be one of ${known.join(', ')}`;
      const near = typeof value === 'string' && known.length > 1 ? rather(value, known) : '';
      return [
        [path, `${pathText(path)} ${right}, not ${found(value)}${near.startsWith('; did') ? near : ''}`],
      ];
    }
    case 'invalid_key':
      return issue.issues.map(({ message }) => [path, `${quoted(path.at(-1))}, as a key, ${message}`]);
    default: {
      const value = at(data, path);
      const shown = value !== null && typeof value === 'object' ? '' : `, not ${quoted(value)}`;
      return [
        [path, `${pathText(path)} ${issue.message}${issue.message.startsWith('must be') ? shown : ''}`],
      ];
    }
  }
}

export type Shape<K extends Kind> = z.output<(typeof SCHEMAS)[K]>;

/** A file's contents with their defaults, or everything that is wrong with its shape. */
export function checkShape<K extends Kind>(
  kind: K,
  source: Source,
): { readonly value: Shape<K> | undefined; readonly faults: readonly Fault[] } {
  const result = SCHEMAS[kind].safeParse(source.data);
  if (result.success) return { value: result.data as Shape<K>, faults: [] };
  const schema = schemaOf(kind);
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, [], source.data, schema));
  return { value: undefined, faults: problems.map(([path, problem]) => faultAt(source, path, problem)) };
}
