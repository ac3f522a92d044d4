// Whatever lies in storage becomes a record that the schema allows.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ocsfRecord } from '../../../src/audit/ocsf/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import type { Json, JsonObject } from '../../../src/shared/json.ts';
import { ocsfProblems } from '../../support/ocsf.ts';
import { OCSF_SAMPLES } from '../../support/ocsf-samples.ts';

function sample(name: string): StoredEvent {
  const found = OCSF_SAMPLES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no sample ${name}`);
  return found.event;
}

/** With some members of the body changed, or taken away. */
function changed(name: string, members: Readonly<Record<string, Json | undefined>>): StoredEvent {
  const { body, ...event } = sample(name);
  return { ...event, body: { ...body, ...members } };
}

const recordOf = (name: string) => ocsfRecord(sample(name));

describe('what is damaged, or not known yet', () => {
  it.each([
    ['a later type', changed('call.succeeded 1', { type: 'call.imagined' })],
    ['a type like a member of every object', changed('call.succeeded 1', { type: 'constructor' })],
    ['no type', changed('call.succeeded 1', { type: 7 })],
    ['no agent where one must be', changed('task.opened 1', { agent: undefined })],
    ['a database nobody names', changed('call.denied 3', { operation: [{ sql: {} }] })],
    ['no body', { ...sample('call.succeeded 1'), body: null as unknown as JsonObject }],
    ['a list for a body', { ...sample('call.succeeded 1'), body: [] as unknown as JsonObject }],
  ])('is a base event that carries all of it: %s', (_, event) => {
    const record = ocsfRecord(event);
    expect(ocsfProblems(record)).toEqual([]);
    expect(record).toMatchObject({ class_uid: 0, unmapped: { stream: event.stream, event: event.body } });
  });

  it('has the time of its id where it does not say any, and none where that has none', () => {
    for (const at of ['2026-11-21 22:41', '2026-13-21T22:41:07Z', 5]) {
      const event = changed('config.loaded 1', { at });
      expect(ocsfRecord(event)['time']).toBe(Date.parse('2026-11-21T22:41:07.123Z'));
      expect(ocsfRecord({ ...event, id: 'x' })['time']).toBe(0);
    }
  });

  it('is not attested where it has no canonical form', () => {
    const record = ocsfRecord(changed('config.loaded 1', { agents: Number.POSITIVE_INFINITY }));
    expect(record['attestation_list']).toBeUndefined();
    expect(ocsfProblems(record)).toEqual([]);
  });

  it.each([
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', undefined],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', undefined],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', { uid: '4bf92f3577b34da6a3ce929d0e0e4736' }],
  ])('has the trace that %s says, or none', (traceparent, trace) => {
    expect(ocsfRecord(changed('call.requested 1', { request: { id: 'r', traceparent } }))['trace']).toEqual(
      trace,
    );
  });

  it('does not take for a method what the schema has no name for', () => {
    expect(recordOf('call.requested 3')['http_request']).toBeUndefined();
  });
});

/** As JSON comes from storage. */
const anyJson = fc.jsonValue({ maxDepth: 4 }).map((value): Json => JSON.parse(JSON.stringify(value)));

/** Every place in a value that something stands at. */
function placesIn(
  value: Json,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const members: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? value.map((one: Json, place) => [place, one] as const)
    : Object.entries(value as JsonObject).map(([name, one]) => [name, one ?? null] as const);
  return [path, ...members.flatMap(([name, one]) => placesIn(one, [...path, name]))];
}

/** The same with one place put to something else, or taken away. */
function replaced(value: Json, path: readonly (string | number)[], by: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.flatMap((one: Json, place) => (place === step ? (replaced(one, rest, by) ?? []) : one));
  }
  const object = value as JsonObject;
  return { ...object, [step]: replaced(object[step] ?? null, rest, by) };
}

const anyOf = fc.constantFrom(...OCSF_SAMPLES.map(({ event }) => event));

describe('of any body', () => {
  it('is a record that the schema allows, and carries it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson), fc.string(), fc.string(), (body, stream, id) => {
        const record = ocsfRecord({ stream, id, body, expiresAt: new Date(0) });
        expect(ocsfProblems(record)).toEqual([]);
        expect(record).toMatchObject({ class_uid: 0, unmapped: { stream, event: body } });
      }),
    );
  });

  it('is one with anything in place of anything in an event, and always the same', () => {
    fc.assert(
      fc.property(anyOf, fc.nat(), fc.option(anyJson, { nil: undefined }), (event, at, by) => {
        const places = placesIn(event.body);
        const body = replaced(event.body, places[at % places.length] ?? [], by) as JsonObject;
        const damaged = { ...event, body };
        const record = ocsfRecord(damaged);
        expect(ocsfProblems(record)).toEqual([]);
        expect(ocsfRecord(structuredClone(damaged))).toEqual(record);
      }),
      { numRuns: 1500 },
    );
  });

  it('is one with any text or number in place of a name, an address, a line, a count or a moment', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6(), fc.emailAddress());
    const moments = fc.constantFrom('2026-13-21T22:41:07Z', '0000-01-01T00:00:00Z', '2026-11-21T24:00:00.0Z');
    const values = fc.oneof(texts, moments, fc.maxSafeInteger());
    fc.assert(
      fc.property(anyOf, fc.nat(), values, (event, at, by) => {
        const places = placesIn(event.body).slice(1);
        const body = replaced(event.body, places[at % places.length] ?? [], by) as JsonObject;
        expect(ocsfProblems(ocsfRecord({ ...event, body }))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it.each([undefined, 'x', 2 ** 40])('is one with %s in place of each single thing in every event', (by) => {
    for (const { name, event } of OCSF_SAMPLES) {
      for (const place of placesIn(event.body).slice(1)) {
        const body = replaced(event.body, place, by) as JsonObject;
        expect(ocsfProblems(ocsfRecord({ ...event, body })), `${name} ${place.join('.')}`).toEqual([]);
      }
    }
  });

  it('has the address of whoever asked, whichever way it is written', () => {
    const { event } = OCSF_SAMPLES.find(({ name }) => name === 'task.repeated 1') ?? { event: undefined };
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (sourceAddress) => {
        const body = { ...event?.body, request: { id: 'r', sourceAddress } };
        const record = ocsfRecord({ stream: 's', id: 'x', expiresAt: new Date(0), body });
        expect(ocsfProblems(record)).toEqual([]);
        expect(record['src_endpoint']).toHaveProperty('ip');
      }),
    );
  });
});
