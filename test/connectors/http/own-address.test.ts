// What clients say of the page that they are on goes on, unless it is the broker's.
import { describe, expect, it } from 'vitest';
import { withoutOwnAddress } from '../../../src/connectors/http/index.ts';

const PUBLIC_URL = 'https://broker.example';
const TASK = 'task_01k3z9v5dq7d9q5c4y8m2n6p0r';
const HOST = ['Host', '127.0.0.1:8787'] as const;

describe('a page', () => {
  it.each([
    ['Referer', `https://broker.example/v1/tasks/${TASK}/http/tickets/42`],
    ['referer', 'https://broker.example/'],
    ['REFERER', 'https://Broker.Example:443'],
    ['Referer', ' https://broker.example/openapi.json '],
    ['Referer', 'https://user@broker.example/'],
    ['Referer', 'http://127.0.0.1:8787/x'],
    ['Referer', `https://elsewhere.example/v1/tasks/${TASK}/http/tickets`],
    ['Referer', `/v1/tasks/${TASK.toUpperCase()}`],
    ['Origin', 'https://broker.example'],
    ['Origin', 'http://127.0.0.1:8787'],
    ['Origin', 'http://broker.example'],
  ])('of the broker does not go on: %s: %j', (name, value) => {
    expect(withoutOwnAddress([HOST, [name, value]], PUBLIC_URL)).toEqual([HOST]);
  });

  it.each([
    ['Referer', 'https://app.example/tickets?of=broker.example'],
    ['Referer', 'https://broker.example.org/'],
    ['Referer', 'https://broker.example:8443/'],
    ['Referer', 'http://127.0.0.1:3000/'],
    ['Referer', '/tickets/42'],
    ['Referer', ''],
    ['Origin', 'https://app.example'],
    ['Origin', 'null'],
    ['X-Page', 'https://broker.example/'],
  ])('of another does: %s: %j', (name, value) => {
    expect(withoutOwnAddress([HOST, [name, value]], PUBLIC_URL)).toEqual([HOST, [name, value]]);
  });

  it('is held against the public URL alone where no host is said, or none that is one', () => {
    const origin = ['Origin', 'https://app.example'] as const;
    for (const host of [[], [['Host', ':::'] as const], [['Host', ''] as const]]) {
      expect(withoutOwnAddress([...host, origin], `${PUBLIC_URL}/below`)).toEqual([...host, origin]);
      expect(withoutOwnAddress([...host, ['Origin', PUBLIC_URL]], `${PUBLIC_URL}/below`)).toEqual(host);
    }
  });
});
