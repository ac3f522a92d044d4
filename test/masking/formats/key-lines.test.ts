// A private key whose lines are a list's items: with the detectors that there are.
import { describe, expect, it } from 'vitest';
import { createMasker, NO_RULES } from '../../../src/masking/index.ts';

const masker = createMasker(NO_RULES, { current: { id: 'k1', key: new Uint8Array(32) } });
const withoutKeys = createMasker(
  { ...NO_RULES, detectors: { PRIVATE_KEY: 'off' } },
  { current: { id: 'k1', key: new Uint8Array(32) } },
);

const dashes = '-'.repeat(5);
const begin = `${dashes}BEGIN RSA PRIVATE KEY${dashes}`;
const end = `${dashes}END RSA PRIVATE KEY${dashes}`;
const line = (seed: string) => `${seed}zEfYyjiWA4R4M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZ`;

describe('a private key in lines', () => {
  it.each([
    [[begin, line('a'), line('b'), line('c'), 'Xw==', end, 'hello', line('d').slice(0, 8)]],
    [[begin, `${line('a')}\n${line('b')}`, line('c'), 'Xw==', end, 'hello']],
    [[`${begin}\n${line('a')}`, line('b'), 'Xw==', end, 'hello']],
    [[begin, 'Proc-Type: 4,ENCRYPTED', '', line('a'), line('b'), 'Xw==', end]],
    [[begin, line('a'), line('b')]],
  ])('%#', (lines) => {
    const masked = masker.value({ lines }) as { lines: string[] };
    for (const one of ['a', 'b', 'c']) expect(JSON.stringify(masked)).not.toContain(line(one).slice(1, 20));
    expect(masked.lines.slice(1)).not.toContain('Xw==');
    expect(masked.lines.filter((_, index) => lines[index] === 'hello')).toEqual(
      lines.filter((one) => one === 'hello'),
    );
    const text = JSON.stringify({ lines });
    expect(masker.text(text, undefined, 'json')).toBe(JSON.stringify(masked));
    expect(masker.value(masked)).toEqual(masked);
    const stream = masker.stream('json');
    expect([...text].map((part) => stream.push(part)).join('') + stream.end()).toBe(JSON.stringify(masked));
  });

  it('is none without its first line, in a list in that list, or once it has ended', () => {
    const value = [line('a'), { x: [begin, [line('b')], 'Not one, is it?', line('c')] }, end, line('d')];
    expect(masker.value(value)).toEqual(value);
  });

  it('is left where nobody looks for keys', () => {
    const value = [begin, line('b'), end];
    expect(withoutKeys.value(value)).toEqual(value);
  });
});
