// The JSON schemas: complete enough that an editor explains every key, and the quickstart has them as they are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configSchemas, schemaFiles } from '../../src/config/loading/index.ts';
import { QUICKSTART } from './support.ts';

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object';
}

/** Every key of every mapping that a schema knows. */
function keysOf(schema: unknown, path: string): readonly (readonly [string, Node])[] {
  if (!isNode(schema)) return [];
  const properties = isNode(schema['properties']) ? Object.entries(schema['properties']) : [];
  const own = properties.flatMap(([key, node]) => (isNode(node) ? [[`${path}.${key}`, node] as const] : []));
  return [...own, ...Object.entries(schema).flatMap(([key, node]) => keysOf(node, `${path}.${key}`))];
}

test.each(Object.entries(configSchemas()))(
  '%s: every key is explained, and no other is known',
  (kind, schema) => {
    const keys = keysOf(schema, kind);
    expect(keys.length).toBeGreaterThan(10);
    expect(keys.filter(([, node]) => typeof node['description'] !== 'string').map(([path]) => path)).toEqual(
      [],
    );
    for (const shape of schema.anyOf ?? [schema]) {
      expect(shape).toMatchObject({ type: 'object', additionalProperties: false });
    }
  },
);

test.each(Object.entries(schemaFiles()))('the quickstart has %s as it is generated', (name, text) => {
  expect(readFileSync(join(QUICKSTART, 'schemas', name), 'utf8')).toBe(text);
  expect(JSON.parse(text)).toEqual(configSchemas()[name.replace('.schema.json', '') as 'broker']);
});
