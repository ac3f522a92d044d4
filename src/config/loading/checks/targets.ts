// What targets must say beyond their shape: parameters that exist and are used, kinds that work.
import { type Fault, KINDS_TO_COME } from '../../model.ts';
import { at, entriesAt, itemsAt, type Path, textAt, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted, rather } from '../words.ts';
import { checkEnvironment, checkIds, type Findings } from './common.ts';
import { checkConnection } from './connection.ts';
import type { Facts, Mode } from './facts.ts';
import { checkHttp, kindsOf } from './http.ts';
import { checkRoutes } from './routes.ts';

interface Place {
  readonly text: string;
  readonly path: Path;
}

/** Every text of a statement in which parameters are filled in. */
function templatesOf(data: unknown, statement: Path): readonly Place[] {
  const conditions: Path = [...statement, 'conditions'];
  const values = entriesAt(data, conditions).flatMap(([operator]) =>
    entriesAt(data, [...conditions, operator]).flatMap(([key, value]): readonly Place[] => {
      const path: Path = [...conditions, operator, key];
      return typeof value === 'string' ? [{ text: value, path }] : textsAt(data, path);
    }),
  );
  return [...textsAt(data, [...statement, 'resources']), ...values];
}

/** `${…}` that name parameters. IAM's own variables have a colon and are the operator's business. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^}]*)\}?/gu)]
    .filter(([whole, name = '']) => !name.includes(':') || name.includes('${') || !whole.endsWith('}'))
    .map(([whole, name = '']) => (whole.endsWith('}') ? name : whole));
}

function checkCapability(source: Source, path: Path): Findings {
  const declared = entriesAt(source.data, [...path, 'parameters']).map(([name]) => name);
  const used = new Set<string>();
  const faults: Fault[] = [];
  const statements = itemsAt(source.data, [...path, 'statements']);
  const places = statements.flatMap((_, index) => templatesOf(source.data, [...path, 'statements', index]));
  for (const { text, path: place } of places) {
    for (const name of namesIn(text)) {
      used.add(name);
      if (declared.includes(name)) continue;
      const problem = name.startsWith('${')
        ? `${quoted(text)} opens a \`\${\` that it does not close`
        : `there is no parameter ${quoted(name)}${rather(name, declared)}; declare it under \`parameters\``;
      faults.push(faultAt(source, place, problem));
    }
  }
  const warnings = declared
    .filter((name) => statements.length > 0 && !used.has(name))
    .map((name) => {
      const problem = `the parameter ${quoted(name)} is in no resource and no condition, so it limits nothing`;
      return faultAt(source, [...path, 'parameters', name], problem);
    });
  return { faults, warnings };
}

export function isKindToCome(source: Source): boolean {
  const kind = at(source.data, ['kind']);
  return KINDS_TO_COME.some((toCome) => toCome === kind);
}

function isHttp(source: Source): boolean {
  return at(source.data, ['kind']) === 'http';
}

/** Said plainly, so that nobody takes a file for one that works. */
function checkToCome(source: Source): Findings {
  const kind = quoted(String(at(source.data, ['kind'])));
  const problem = `targets of kind ${kind} do not work yet in this version: tasks may hold their capabilities, and nothing can use them. What only this kind knows is not checked`;
  return { faults: [], warnings: [faultAt(source, ['kind'], problem)] };
}

/** Only what is read can be an export of too much. */
function checkCaps(source: Source): Findings {
  const warnings = entriesAt(source.data, ['capabilities']).flatMap(([name]) => {
    const path: Path = ['capabilities', name, 'exportAbove'];
    const effect = textAt(source.data, ['capabilities', name, 'effect']);
    if (at(source.data, path) === undefined || (effect !== 'write' && effect !== 'admin')) return [];
    const problem = `\`exportAbove\` caps reads only: ${quoted(name)} has the effect ${quoted(effect)}, so this changes nothing`;
    return [faultAt(source, path, problem)];
  });
  return { faults: [], warnings };
}

function checkCapabilities(source: Source): readonly Findings[] {
  if (isKindToCome(source)) return [checkToCome(source), checkCaps(source)];
  if (isHttp(source)) return [checkRoutes(source), checkCaps(source)];
  return entriesAt(source.data, ['capabilities']).map(([name]) =>
    checkCapability(source, ['capabilities', name]),
  );
}

const CONNECTION = ['externalId', 'boundary', 'revokerRoleArn'] as const;

/** A role is one thing, however many targets name it: it is reached, held against its boundary and revoked in one way. */
function checkRoles(sources: readonly Source[]): Findings {
  const first = new Map<string, Source>();
  const faults: Fault[] = [];
  for (const source of sources) {
    const roleArn = textAt(source.data, ['connection', 'roleArn']);
    if (roleArn === undefined) continue;
    const other = first.get(roleArn) ?? source;
    first.set(roleArn, other);
    for (const key of CONNECTION) {
      const [here, there] = [source, other].map(({ data }) => textAt(data, ['connection', key]));
      if (here === there) continue;
      const says = there === undefined ? `no \`${key}\`` : `the \`${key}\` ${quoted(there)}`;
      const problem = `the same role has ${says} in ${other.file}: say the same in both, or give the targets roles of their own`;
      faults.push(faultAt(source, ['connection', here === undefined ? 'roleArn' : key], problem));
    }
  }
  return { faults, warnings: [] };
}

export function checkTargets(sources: readonly Source[], facts: Facts, mode: Mode): readonly Findings[] {
  const kinds = kindsOf(sources);
  const each = sources.flatMap((source) => [
    { faults: checkEnvironment(source, facts), warnings: [] },
    ...(isHttp(source) ? checkHttp(source, kinds, mode) : [checkConnection(source)]),
    ...checkCapabilities(source),
  ]);
  return [checkIds('target', sources), checkRoles(sources), ...each];
}
