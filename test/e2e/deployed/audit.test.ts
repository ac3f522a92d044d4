// The archive, deployed: the stream brings events to the bucket, what was changed or can't be read is told, an hour is
// signed by the function that alone may, and whoever has its public key can verify all of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../../src/adapters/system.ts';
import { digestKey, readDigest } from '../../../src/audit/index.ts';
import { archiveBatch } from '../../../src/broker/archive/index.ts';
import type { JsonObject } from '../../../src/shared/json.ts';
import { eventOf } from '../../support/archive-parts.ts';
import { bailiwick } from '../../support/command.ts';
import { until } from '../../support/poll.ts';
import { eventsOf, openTask } from '../support/broker.ts';
import { archivedEvents, auditHomes, signingKeys } from './archive.ts';
import { invoke } from './aws.ts';
import { output } from './outputs.ts';

const homes = auditHomes();
afterAll(() => homes.close());

const HOUR = 3_600_000;
const log = { info() {}, warn() {}, error() {} };
const Table = { TableName: output('EventsTable') };

/** Once the archive has an event like this. */
function inArchive(what: string, is: (event: JsonObject) => boolean): Promise<JsonObject> {
  const look = async () => (await archivedEvents(homes.archive)).find(is);
  return until(`${what} in the archive`, look, 60_000);
}

const archived = (id: string) => inArchive(id, (event) => event['id'] === id);

async function opened(): Promise<{
  readonly stream: string;
  readonly id: string;
  readonly body: JsonObject;
}> {
  const { task } = await openTask('report-builder');
  const [first] = await eventsOf(task.id);
  if (first === undefined) throw new Error('a task without an event');
  return { stream: task.id, id: first.id, body: first as unknown as JsonObject };
}

const keyOf = ({ stream, id }: { readonly stream: string; readonly id: string }) => ({
  stream: { S: stream },
  id: { S: id },
});

/** The findings that name this event. */
function findingOn(id: string): Promise<JsonObject> {
  return inArchive(
    `a finding on ${id}`,
    (event) => event['type'] === 'audit.finding' && (event['event'] as JsonObject)['id'] === id,
  );
}

describe('the archive', () => {
  it('has what the table has, to the letter', { timeout: 90_000 }, async () => {
    const { id, body } = await opened();
    expect(await archived(id)).toEqual(body);
  });

  it('keeps what was written first, and an overwrite is a finding', { timeout: 90_000 }, async () => {
    const event = await opened();
    const { Item } = await homes.tables.send(new GetItemCommand({ ...Table, Key: keyOf(event) }));
    const forged = JSON.stringify({ ...event.body, purpose: 'Nothing to see' });
    await homes.tables.send(new PutItemCommand({ ...Table, Item: { ...Item, body: { S: forged } } }));
    expect(await findingOn(event.id)).toMatchObject({ finding: 'event_overwritten' });
    const all = (await archivedEvents(homes.archive)).filter(({ id }) => id === event.id);
    expect(all).toEqual([event.body]);
  });

  it('keeps what was removed, which is a finding', { timeout: 90_000 }, async () => {
    const event = await opened();
    await archived(event.id);
    await homes.tables.send(new DeleteItemCommand({ ...Table, Key: keyOf(event) }));
    expect(await findingOn(event.id)).toMatchObject({ finding: 'event_removed' });
    expect(await archived(event.id)).toEqual(event.body);
  });

  it('keeps what is no event as it came, and goes on', { timeout: 90_000 }, async () => {
    const id = `poison-${clock.now().getTime()}`;
    const item = { stream: { S: 'broker' }, id: { S: id }, body: { S: '{"half":' } };
    await homes.tables.send(new PutItemCommand({ ...Table, Item: item }));
    const after = await opened();
    const kept = await until('the poison in the archive', async () => {
      for await (const { key } of homes.archive.list('unarchived/')) {
        const text = Buffer.from((await homes.archive.get(key)) ?? []).toString();
        if (text.includes(id)) return text;
      }
      return undefined;
    });
    expect(kept).toContain('{\\"half\\":');
    expect(await archived(after.id)).toEqual(after.body);
  });
});

describe('a digest', () => {
  it('is signed by the function, which fills what is missing, and verifies', {
    timeout: 400_000,
  }, async () => {
    const past = new Date(clock.now().getTime() - 3 * HOUR);
    const [brought, missed] = [eventOf(1, past, 'broker'), eventOf(2, past, 'broker')];
    for (const event of [brought, missed]) await homes.events.append(event);
    const batch = { at: past, tail: '1', events: [brought], strays: [], freshOnly: false };
    await archiveBatch({ archive: homes.archive, clock, log }, batch);
    // Another run's hour may have come: then it is signed already.
    const result = await invoke(output('SignDigestFunction'), {});
    const file = await homes.archive.get(digestKey(1));
    const signed = readDigest(file ?? new Uint8Array());
    expect(signed?.digest.sequence).toBe(1);
    const [first] = result as readonly unknown[];
    if (first !== undefined) {
      expect(first).toMatchObject({ sequence: 1, isCompared: true });
      expect(signed?.digest.events).toBe(2);
      expect(await archived(missed.id)).toEqual(missed.body);
    }
    expect(await invoke(output('SignDigestFunction'), {})).toEqual([]);

    const directory = mkdtempSync(join(tmpdir(), 'bailiwick-verify-'));
    try {
      const key = join(directory, 'keys.pem');
      writeFileSync(key, await signingKeys());
      const bucket = `s3://${output('ArchiveBucket')}`;
      const verified = await bailiwick(['audit', 'verify', bucket, '--key', key]);
      expect([verified.code, verified.err], verified.out).toEqual([0, '']);
      const proof = await bailiwick(['audit', 'verify', bucket, '--key', key, '--proof', brought.id]);
      expect(proof.code, proof.out + proof.err).toBe(0);
      expect(proof.out).toContain(brought.id);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
