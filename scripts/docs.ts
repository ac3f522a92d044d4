// Whether the docs say what the sources say: every code, every event, every command, and every link.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EVENT_TYPES } from '../src/audit/index.ts';
import { STATUS_OF_CODE } from '../src/shared/codes.ts';

const ROOT = join(import.meta.dirname, '..');

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function pages(): readonly string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const below = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return [...top, ...below];
}

function codes(): readonly string[] {
  const text = read('docs/refusals.md');
  return Object.entries(STATUS_OF_CODE)
    .filter(([code, status]) => !text.includes(`| \`${code}\` | ${status} |`))
    .map(([code, status]) => `docs/refusals.md has no line for ${code} (${status})`);
}

function events(): readonly string[] {
  const text = read('docs/operating.md');
  return EVENT_TYPES.filter((type) => !text.includes(`\`${type}\``)).map(
    (type) => `docs/operating.md does not say what ${type} is`,
  );
}

function links(page: string): readonly string[] {
  return [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
    .map((target) => `${page} links to ${target}, which is not there`);
}

function commands(page: string): readonly string[] {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
  return [...read(page).matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g)]
    .map(([, name]) => name ?? '')
    .filter((name) => !Object.hasOwn(scripts, name))
    .map((name) => `${page} names \`npm run ${name}\`, which package.json does not have`);
}

/** What is wrong, a line each. */
export function docProblems(): readonly string[] {
  return [...codes(), ...events(), ...pages().flatMap((page) => [...links(page), ...commands(page)])];
}
