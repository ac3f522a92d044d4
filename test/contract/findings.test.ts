// Findings, by EventBridge and into a file.
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect } from 'vitest';
import { createEventBridgeFindings } from '../../src/adapters/aws/event-bridge-findings.ts';
import { createFileFindings } from '../../src/adapters/embedded/file-findings.ts';
import type { Findings } from '../../src/ports/findings.ts';
import { FINDING, findingsContract, type Told } from './findings.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeEventBridge } from './support/fake-event-bridge.ts';
import { closedPort, fakeServer, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const byEventBridge: Open<Told> = async () => {
  const { endpoint, entries, close } = await startFakeEventBridge();
  const client = new EventBridgeClient(clientOptions(endpoint));
  const findings = createEventBridgeFindings({ client, bus: 'security' });
  const told = async () =>
    entries.splice(0).map(({ Detail, ...rest }) => {
      const EventBusName = 'security';
      expect(rest).toEqual({ Source: 'bailiwick', DetailType: 'Bailiwick Finding', EventBusName });
      return JSON.parse(Detail);
    });
  return { port: { ...findings, told }, clock: movableClock(), close };
};

const intoFile: Open<Told> = async () => {
  const { path, remove } = await temporaryDirectory();
  const file = join(path, 'findings.jsonl');
  const told = async () => {
    const text = await readFile(file, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(file);
    return text
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  return { port: { ...createFileFindings({ file }), told }, clock: movableClock(), close: remove };
};

describe('Findings by EventBridge', () => findingsContract(byEventBridge));
describe('Findings into a file', () => findingsContract(intoFile));

const CALLS = { report: (findings: Findings) => findings.report(FINDING) };

const eventBridgeAt =
  (start: () => Promise<Listening>): Open<Findings> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new EventBridgeClient(impatientOptions(endpoint));
    return { port: createEventBridgeFindings({ client }), clock: movableClock(), close };
  };

const answering = (status: number, said: object) => () =>
  fakeServer((_, __, response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(said));
  });

const taken = (ErrorCode: string) => answering(200, { FailedEntryCount: 1, Entries: [{ ErrorCode }] });
const denied = answering(400, { __type: 'AccessDeniedException' });

const whereADirectoryIs: Open<Findings> = async () => {
  const { path, remove } = await temporaryDirectory();
  await mkdir(join(path, 'findings.jsonl'));
  const port = createFileFindings({ file: join(path, 'findings.jsonl') });
  return { port, clock: movableClock(), close: remove };
};

faultsAreTyped('Findings where nobody listens', 'findings', eventBridgeAt(closedPort), CALLS);
faultsAreTyped('Findings where nobody answers', 'findings', eventBridgeAt(silentServer), CALLS);
faultsAreTyped('Findings that are not let in', 'findings', eventBridgeAt(denied), CALLS);
faultsAreTyped('Findings whose event failed', 'findings', eventBridgeAt(taken('ThrottlingException')), CALLS);
faultsAreTyped(
  'Findings where the answer says nothing',
  'findings',
  eventBridgeAt(answering(200, {})),
  CALLS,
);
faultsAreTyped('Findings where the file is a directory', 'findings', whereADirectoryIs, CALLS);
