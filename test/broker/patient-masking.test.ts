// Long texts, masked a piece at a time: as if whole, with turns for others, and given up when it takes too long.
import { describe, expect, it } from 'vitest';
import { maskedPatiently, OutOfTime } from '../../src/broker/patient-masking.ts';
import { createMasker, type Format, NO_RULES } from '../../src/masking/index.ts';
import { testClock } from '../support/clock.ts';

const masker = createMasker(NO_RULES, { current: { id: 'k1', key: Buffer.alloc(32) } });
const LATER = Number.MAX_SAFE_INTEGER;

function patiently(text: string, format: Format, until = LATER, clock = testClock()) {
  const tally = new Map<string, number>();
  return maskedPatiently(masker, text, format, tally, { clock, until });
}

describe('a long text', () => {
  const row = 'jane.doe@example.com,4111 1111 1111 1111,a note of some length\n';
  it.each<[Format, string]>([
    ['text', row.repeat(5000)],
    ['auto', `mail,card,note\n${row.repeat(5000)}`],
    ['csv', `mail,card,note\n${row.repeat(5000)}`],
    ['json', JSON.stringify(Array.from({ length: 5000 }, () => ({ mail: 'jane.doe@example.com', n: 1 })))],
    ['form', `mail=jane.doe%40example.com&note=${'x'.repeat(70_000)}&${'a=b&'.repeat(40_000)}c=d`],
  ])('of %s is masked as if it were looked at whole', async (format, text) => {
    const whole = masker.text(text, undefined, format);
    expect(whole).not.toContain('jane.doe');
    expect(await patiently(text, format)).toBe(whole);
  });

  it('gives others their turn', async () => {
    const clock = testClock();
    const turns: number[] = [];
    const slow = {
      now: () => {
        clock.advance(6);
        return clock.now();
      },
      sleep: async (milliseconds: number) => void turns.push(milliseconds),
    };
    await maskedPatiently(masker, row.repeat(10_000), 'text', new Map(), { clock: slow, until: LATER });
    expect(turns.length).toBeGreaterThan(3);
  });

  it('is given up when time is up', async () => {
    const clock = testClock();
    await expect(patiently(row.repeat(5000), 'text', clock.now().getTime(), clock)).rejects.toThrow(
      OutOfTime,
    );
  });

  it('is given up where one value of it has no end', async () => {
    await expect(patiently(`a,b\n1,2\n3,"${'x'.repeat(5_000_000)}`, 'csv')).rejects.toThrow(OutOfTime);
  });
});
