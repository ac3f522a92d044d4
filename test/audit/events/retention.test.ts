// How long events are kept: a fixed table, which the docs print, and nothing that an event names is gone before it.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES, type EventType, KEEP_DAYS, RETENTION } from '../../../src/audit/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import { KEEP } from '../../../src/ports/objects.ts';
import type { Json } from '../../../src/shared/json.ts';
import { DAY } from '../../support/clock.ts';
import { walked } from './walk.ts';

const PAGE = readFileSync(new URL('../../../docs/audit-events.md', import.meta.url), 'utf8');

let events: readonly StoredEvent[];
beforeAll(async () => {
  events = (await walked()).events.all();
});

const daysOf = ({ body, expiresAt }: StoredEvent) =>
  (expiresAt.getTime() - Date.parse(String(body['at']))) / DAY;

it('holds of every event that is written', () => {
  for (const event of events) {
    expect(daysOf(event)).toBe(KEEP_DAYS[RETENTION[event.body['type'] as EventType]]);
  }
  expect(new Set(events.map(daysOf))).toEqual(new Set(Object.values(KEEP_DAYS)));
});

describe('the docs', () => {
  const rows = new Map(
    [...PAGE.matchAll(/^\| `([a-z_.]+)` \|.*\| (\d+) \|$/gm)].map(([, type = '', days]) => [
      type,
      Number(days),
    ]),
  );

  it('have a line for every type, and for no other', () => {
    expect([...rows.keys()].sort()).toEqual([...EVENT_TYPES].sort());
  });

  it.each(EVENT_TYPES.map((type) => [type, KEEP_DAYS[RETENTION[type]]] as const))(
    'say how long %s is kept: %i days',
    (type, days) => expect(rows.get(type)).toBe(days),
  );
});

/** Members that name a body which lies by itself. */
function objectsIn(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap((member) => objectsIn(member as Json));
  const { object } = value as { readonly object?: Json };
  return typeof object === 'string' ? [object, ...below] : below;
}

describe('what an event names', () => {
  it('is kept as long as the longest of them: no class of objects is longer', () => {
    const days = KEEP.map((keep) => Number.parseInt(keep, 10));
    expect(Math.max(...days)).toBe(Math.max(...Object.values(KEEP_DAYS)));
  });

  it('lies under a key of that class', () => {
    const named = events.flatMap(({ body }) => objectsIn(body));
    expect(named.length).toBeGreaterThan(0);
    for (const key of named) expect(key).toMatch(new RegExp(`^${KEEP_DAYS.record}d/`));
  });

  it('is named by events of that class alone', () => {
    const types = events.flatMap(({ body }) =>
      objectsIn(body).length === 0 ? [] : [body['type'] as EventType],
    );
    expect(new Set(types.map((type) => RETENTION[type]))).toEqual(new Set(['record']));
  });
});
