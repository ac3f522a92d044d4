// What is said to an embedded broker is nowhere on its disk and in nothing that it prints.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Sending } from '../e2e/support/broker.ts';
import { NOWHERE, sayEverywhere } from '../e2e/support/canaries.ts';
import { brokerForTest, E2E_CONFIG, temporaryDirectory } from './support/broker.ts';

/** While a broker runs, a file may get its name in the archive between two looks: it is read there once that has stopped. */
function everythingIn(directory: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name);
    try {
      if (statSync(path).isFile()) texts.set(name, readFileSync(path, 'latin1'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return texts;
}

/** To a broker of the test's own; what it answers is for the test of all answers to judge. */
const sending = (url: string) => async (method: string, path: string, given: Sending) => {
  const { token, body, raw, headers } = given;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(raw !== undefined ? { body: raw } : body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { text, body: JSON.parse(text) as unknown };
};

test('no file holds what was said, and nothing printed does', async () => {
  const data = temporaryDirectory();
  const broker = await brokerForTest(['--config', E2E_CONFIG, '--data', data]);
  const answers = await sayEverywhere(sending(broker.url));
  // While it runs, what is in the database's log is in a file of its own.
  const running = everythingIn(data);
  await broker.stop();
  const stopped = everythingIn(data);
  const said = new Map([
    ...running,
    ...stopped,
    ['answers', answers],
    ['out', broker.out()],
    ['err', broker.err()],
  ]);
  expect([...stopped.values()].join('')).toContain('[EMAIL] about the card [CREDIT_CARD]');
  for (const [where, text] of said) {
    for (const canary of NOWHERE) expect([where, text.includes(canary)]).toEqual([where, false]);
  }
});

test('the key of pseudonyms is for the broker alone, and stays', async () => {
  const data = temporaryDirectory();
  const file = join(data, 'masking-keys.json');
  await (await brokerForTest(['--config', E2E_CONFIG, '--data', data])).stop();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const made = readFileSync(file, 'utf8');
  expect(JSON.parse(made)).toEqual({ id: 'k1', key: expect.stringMatching(/^[\w-]{64}$/) });
  await (await brokerForTest(['--config', E2E_CONFIG, '--data', data])).stop();
  expect(readFileSync(file, 'utf8')).toBe(made);
});
