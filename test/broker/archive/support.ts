// The deployed pair of archiver and digest writer, on ports in memory, with a stream between them that may be late.
import {
  archiveBatch,
  type DigestDependencies,
  SETTLED_MILLISECONDS,
  type SignedSpan,
  signDigest,
} from '../../../src/broker/archive/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import {
  eventOf,
  type MemoryArchive,
  memoryArchive,
  memoryFindings,
  type TestSigner,
  testSigner,
} from '../../support/archive-parts.ts';
import { HOUR, type TestClock, testClock } from '../../support/clock.ts';
import { type Meddle, meddledWith } from '../../support/meddling.ts';
import { type MemoryEvents, memoryEvents, memoryRecords } from '../../support/memory-stores.ts';

export interface ArchiveWorld {
  readonly clock: TestClock;
  readonly archive: MemoryArchive;
  readonly events: MemoryEvents;
  readonly signer: TestSigner;
  readonly findings: ReturnType<typeof memoryFindings>;
  readonly logged: string[];
  /** What stands between the use cases and their ports. */
  meddle: Meddle | undefined;
  readonly dependencies: DigestDependencies;
  /** Writes so many events now, and answers them. */
  write(many: number): Promise<readonly StoredEvent[]>;
  /** What the stream does with a batch, as often as it is tried. */
  deliver(batch: readonly StoredEvent[], at: Date): Promise<unknown>;
  /** The hourly run: for the hours that are over. The last of them, with what was filled and found in all. */
  sign(): ReturnType<typeof signDigest>;
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}

export function archiveWorld(start = '2026-03-02T12:10:00.000Z'): ArchiveWorld {
  const clock = testClock(start);
  const [archive, events, records] = [memoryArchive(), memoryEvents(clock), memoryRecords(clock)];
  const [signer, findings] = [testSigner(), memoryFindings()];
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const [nextNumber, nextRandom] = [counter(), counter()];
  const meddled = <Port extends object>(name: string, port: Port) =>
    meddledWith(name, port, () => world.meddle);
  const { get, put } = meddled('archive', archive);
  const dependencies: DigestDependencies = {
    archive: { get, put, list: archive.list },
    events: meddled('events', events),
    records: meddled('records', records),
    signer: meddled('signer', signer),
    findings,
    clock,
    ids: { random: (length) => Buffer.alloc(length, nextRandom()) },
    log: { info: note, warn: note, error: note },
    rules: async () => ({ config: { digest: 'c'.repeat(64) } }) as never,
  };
  const world: ArchiveWorld = {
    ...{ clock, archive, events, signer, findings, logged, dependencies },
    meddle: undefined,
    async write(many) {
      const written = Array.from({ length: many }, () => eventOf(nextNumber(), clock.now()));
      for (const event of written) await events.append(event);
      return written;
    },
    deliver: (batch, at) =>
      archiveBatch(dependencies, {
        at,
        tail: String(Date.parse(String(batch[0]?.body['at']))),
        events: batch,
        strays: [],
        freshOnly: true,
      }),
    async sign() {
      const settled = new Date(clock.now().getTime() - SETTLED_MILLISECONDS);
      const until = new Date(Math.floor(settled.getTime() / HOUR) * HOUR);
      let last: SignedSpan | undefined;
      for (;;) {
        const signed = await signDigest(dependencies, { until, settled, alone: false });
        if (typeof signed === 'string') return last ?? signed;
        const { filled = 0, findings = 0 } = last ?? {};
        last = { ...signed, filled: signed.filled + filled, findings: signed.findings + findings };
      }
    },
  };
  return world;
}
