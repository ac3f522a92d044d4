// Writes the JSON schemas that make an editor complete and check the operator's files.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configSchemas } from './schema/index.ts';

const LINE_WIDTH = 110;

/** JSON as the formatter of this repository leaves it: objects over several lines, short lists on one. */
function pretty(value: unknown, indent: string, room: number): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object')) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (line.length <= room) return line;
  }
  const members = Array.isArray(value)
    ? value.map((item) => pretty(item, inner, 0))
    : Object.entries(value).map(([key, member]) => {
        const name = `${JSON.stringify(key)}: `;
        return name + pretty(member, inner, LINE_WIDTH - inner.length - name.length - 1);
      });
  if (members.length === 0) return open + close;
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${indent}${close}`;
}

/** By file name, what `writeSchemas` writes. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const named = Object.entries(configSchemas()).map(([kind, schema]) => [
    `${kind}.schema.json`,
    `${pretty(schema, '', LINE_WIDTH)}\n`,
  ]);
  return Object.fromEntries(named);
}

export async function writeSchemas(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, text] of Object.entries(schemaFiles())) await writeFile(join(dir, name), text);
}
