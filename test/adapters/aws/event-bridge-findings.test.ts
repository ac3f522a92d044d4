// What EventBridge is told of a finding that is larger than an event may be, and what of a failure is told on.
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, it, onTestFinished } from 'vitest';
import { createEventBridgeFindings } from '../../../src/adapters/aws/event-bridge-findings.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { FINDING } from '../../contract/findings.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { startFakeEventBridge } from '../../contract/support/fake-event-bridge.ts';

async function setUp(options: { readonly bus?: string; readonly source?: string } = {}) {
  const fake = await startFakeEventBridge();
  onTestFinished(fake.close);
  const client = new EventBridgeClient(impatientOptions(fake.endpoint));
  const findings = createEventBridgeFindings({ client, ...options });
  const details = () => fake.entries.map(({ Detail }) => JSON.parse(Detail));
  return { fake, findings, details };
}

const OMITTED = { omitted: `the whole record is too large for an event; it is of ${FINDING.id}` };

it('leaves out what the record was made of where it is too large, and says so', async () => {
  const { findings, details } = await setUp();
  const { unmapped: _, ...rest } = FINDING.record;
  await findings.report({ ...FINDING, record: { ...rest, unmapped: { event: 'x'.repeat(300_000) } } });
  expect(details()).toEqual([{ ...rest, unmapped: OMITTED }]);
});

it('tells at least which finding it is', async () => {
  const { findings, details } = await setUp();
  // Bytes count, not characters.
  await findings.report({ ...FINDING, record: { ...FINDING.record, message: '\u00e9'.repeat(140_000) } });
  const { id: uid, title } = FINDING;
  expect(details()).toEqual([{ finding_info: { uid, title }, unmapped: OMITTED }]);
});

it('leaves nothing out where it just fits', async () => {
  const { findings, details } = await setUp();
  const record = { text: '' };
  const room = 256 * 1024 - 1024 - JSON.stringify(record).length;
  for (const [length, isWhole] of [
    [room, true],
    [room + 1, false],
  ] as const) {
    await findings.report({ ...FINDING, record: { text: 'x'.repeat(length) } });
    expect('text' in details().at(-1)).toBe(isWhole);
  }
});

it('goes to the default bus, from the source that is named', async () => {
  const { fake, findings } = await setUp({ source: 'com.example.bailiwick' });
  await findings.report(FINDING);
  const { Detail: _, ...entry } = fake.entries[0] ?? {};
  expect(entry).toEqual({ Source: 'com.example.bailiwick', DetailType: 'Bailiwick Finding' });
});

it('tells of a failure by its code alone', async () => {
  const { fake, findings } = await setUp();
  fake.failure = 'InternalFailure';
  const fault: unknown = await findings.report(FINDING).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Unavailable);
  expect(String((fault as Unavailable).cause)).toBe('Error: EventBridge took no event: InternalFailure');
  fake.failure = undefined;
  await findings.report(FINDING);
  expect(fake.entries).toHaveLength(1);
});
