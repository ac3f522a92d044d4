// What every adapter of Findings must do.
import { expect, it } from 'vitest';
import type { Finding, Findings } from '../../src/ports/findings.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { type Open, useSubject } from './support/subject.ts';

/** Findings that a test can read. */
export interface Told extends Findings {
  /** Every record since the last time, in the order in which they came. */
  readonly told: () => Promise<readonly JsonObject[]>;
}

export const FINDING: Finding = {
  id: 'evt_01hq3x6v9abcdefghjkmnpqrst',
  title: 'An audit event was overwritten',
  record: {
    class_uid: 2004,
    finding_info: { uid: 'evt_01hq3x6v9abcdefghjkmnpqrst', title: 'An audit event was overwritten' },
    message: 'caf\u00e9 \u{1f511}\nanother line\u2028\r "quoted"',
    unmapped: { stream: 'broker', event: { nothing: null, many: [1, 2.5, true] } },
  },
};

export function findingsContract(open: Open<Told>): void {
  const subject = useSubject(open);

  it('tells the whole record', async () => {
    const { port } = subject();
    await port.report(FINDING);
    expect(await port.told()).toEqual([FINDING.record]);
  });

  it('tells each of many at once by itself', async () => {
    const { port } = subject();
    const records = Array.from({ length: 30 }, (_, at) => ({ at, text: 'x'.repeat(at * 1000) }));
    await Promise.all(records.map((record) => port.report({ ...FINDING, record })));
    const told = await port.told();
    expect(told.toSorted((a, b) => Number(a['at']) - Number(b['at']))).toEqual(records);
  });

  it('tells in order what is told one after the other', async () => {
    const { port } = subject();
    for (const at of [1, 2, 3]) await port.report({ ...FINDING, record: { at } });
    expect(await port.told()).toEqual([{ at: 1 }, { at: 2 }, { at: 3 }]);
  });
}
