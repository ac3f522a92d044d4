// Cases of headers, one a line, in `test/cases/http/headers`.
import { readFileSync } from 'node:fs';

export type Header = readonly [name: string, value: string];

function textOf(file: string): string {
  return readFileSync(new URL(`../../cases/http/headers/${file}`, import.meta.url), 'utf8');
}

export function headersOf(file: string): readonly Header[] {
  const lines = textOf(file)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '));
  return lines.map((line) => {
    const [name = '', ...rest] = (JSON.parse(`"${line}"`) as string).split(':');
    return [name, rest.join(':').replace(/^ /u, '')];
  });
}

export function jsonOf(file: string): unknown {
  return JSON.parse(textOf(file));
}
