// What a backtest can't do, it says in a sentence: wrong use, files with faults, events that can't be read to their end.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { spanOf } from '../../src/cli/policy/span.ts';
import { WrongUse } from '../../src/cli/remote/trouble.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { httpPort } from '../adapters/network/support/servers.ts';
import { temporaryDirectory } from '../embedded/support/broker.ts';
import { backtested, CONFIG, candidate, type Ran } from './support/backtesting.ts';

const AT = '2026-05-04T10:00:00.000Z';

/** One call of that config's agent, as it was recorded. */
function issued(number: number): JsonObject {
  const operation = [{ capability: 'demo-aws:read', parameters: { prefix: 'weekly' } }];
  const own = { agent: 'demo-agent', purpose: 'Look', openedAt: AT, chainDepth: 0 };
  return {
    ...{ id: `evt_${number}`, at: AT, type: 'credentials.issued', task: 'task_1', call: `call_${number}` },
    ...{ agent: 'demo-agent', operation, decision: { outcome: 'allowed', policies: [], configDigest: 'x' } },
    input: { at: AT, address: '127.0.0.1', chain: [own], operations: operation },
  };
}

/** Under which all of those would be refused. */
const narrow = () => candidate([['agents/demo-agent.yaml', '"demo-aws:read", ', '']]);

const TOKEN = 'a-token-that-is-nowhere-shown';

/** Nothing of a report is printed, only why there is none. */
function expectOnly({ code, out, err }: Ran, sentence: RegExp): void {
  expect({ code, out }).toEqual({ code: 2, out: [] });
  expect(err.join('\n')).toMatch(sentence);
  expect(err.join('\n')).not.toContain(TOKEN);
}

describe('wrong use', () => {
  test.for([
    [[], /^Name the config that is to be tried with --config DIR\.\nusage: /],
    [['--config', CONFIG, '--since', '30'], /^--since must be as long ago as 90m, 12h or 30d/],
    [['--config', CONFIG, '--since', '2026-05-01T10:00'], /^--since must be/],
    [['--config', CONFIG, '--since', '2026-99-01'], /^--since must be/],
    [['--config', CONFIG, '--since', '2026-02-30'], /^--since must be/],
    [['--config', CONFIG, '--since', '2026-04-31T10:00:00Z'], /^--since must be/],
    [['--config', CONFIG, '--since', '2026-01-01', '--until', '2026-02-29'], /^--until must be/],
    [['--config', CONFIG, '--since', '999999d'], /^--since must not be before 1970\.\nusage: /],
    [['--config', CONFIG, '--since', '1969-12-31'], /^--since must not be before 1970\./],
    [['--config', CONFIG, '--until', 'now'], /^--until must be/],
    [['--config', CONFIG, '--since', '1d', '--until', '2d'], /^--since must be before --until/],
    [['--config', CONFIG, '--json', '--jsonl'], /^Take --json or --jsonl, not both\./],
    [['--config', CONFIG, '--agent', 'NO'], /^--agent must name an agent by its id/],
    [['--config', CONFIG, '--nonesuch'], /^Unknown option/],
    [['--config', CONFIG, 'call_1'], /^Unexpected argument/],
    [['--config', CONFIG, '--url', 'https://x.example.com', '--data', 'x'], /^Name a broker with --url or/],
    [['--config', CONFIG, '--url', 'http://x.example.com', '--token', TOKEN], /^--url must be an address/],
    [['--config', CONFIG, '--data', 'x', '--token', TOKEN], /^--token is for a broker/],
    [['--config', CONFIG, '--url', 'https://x.example.com'], /^There is no token: /],
  ] as const)('%j', async ([args, sentence]) => {
    expectOnly(await backtested(args), sentence);
  });

  test('spans are back from now, days in UTC, or moments with their offset', () => {
    const now = new Date('2026-05-04T10:00:00.000Z');
    const from = (since: string) => spanOf(since, undefined, now).from.toISOString();
    expect(from('90m')).toBe('2026-05-04T08:30:00.000Z');
    expect(from('12h')).toBe('2026-05-03T22:00:00.000Z');
    expect(from('30d')).toBe('2026-04-04T10:00:00.000Z');
    expect(from('2026-05-01')).toBe('2026-05-01T00:00:00.000Z');
    expect(from('2026-05-01T09:00+02:00')).toBe('2026-05-01T07:00:00.000Z');
    for (const wrong of ['', '0d', '-1d', '1w', '1 d', '999999d999', 'P1D', '1e3d', '2026-02-30T99:00:00Z']) {
      expect(() => from(wrong), wrong).toThrow(WrongUse);
    }
    expect(() => from('2026-05-04T10:00:00.000Z')).toThrow(WrongUse);
  });
});

describe('a candidate with faults', () => {
  test('is told with all of them, as `check` does, before anything is read', async () => {
    const edits = [
      ['broker.yaml', 'issuers:', 'issuer:'],
      ['policies/default.cedar', 'Group::"operators"', 'Group::"nobody-knows"'],
    ] as const;
    const ran = await backtested(['--config', candidate(edits), '--data', '/nonesuch']);
    expectOnly(ran, /^broker\.yaml:\d+: /);
    expect(ran.err.every((line) => /^[\w./-]+:\d+: /.test(line))).toBe(true);
  });

  test('or that is not there', async () => {
    expectOnly(await backtested(['--config', '/nonesuch', '--json']), /^broker\.yaml:1: .*cannot be read/);
  });
});

describe('a data directory', () => {
  const tried = (data: string) => backtested(['--config', CONFIG, '--data', data]);

  test('that is missing or empty is not made', async () => {
    const empty = temporaryDirectory();
    expectOnly(await tried(empty), /^There are no recorded events in [^\n]*: no broker has run/);
    expect(readdirSync(empty)).toEqual([]);
    expectOnly(await tried(join(empty, 'deep', 'er')), /^There are no recorded events in /);
    expect(readdirSync(empty)).toEqual([]);
  });

  test('that holds something else', async () => {
    const data = temporaryDirectory();
    writeFileSync(join(data, 'bailiwick.db'), 'x'.repeat(5000));
    expectOnly(await tried(data), /^The events in [^\n]* can't be read \(file is not a database\)\.$/);
    const other = temporaryDirectory();
    mkdirSync(join(other, 'bailiwick.db'));
    expectOnly(await tried(other), /^The events in [^\n]* can't be read \([^\n]*\)\.$/);
  });

  test('of another version says what to do', async () => {
    const data = temporaryDirectory();
    const database = new DatabaseSync(join(data, 'bailiwick.db'));
    const script = new URL('../adapters/embedded/version-1.sql', import.meta.url);
    database.exec(readFileSync(script, 'utf8'));
    expectOnly(
      await tried(data),
      /older version of bailiwick; starting this one on it brings it up to date\.$/,
    );
    database.exec('PRAGMA user_version = 99');
    database.close();
    expectOnly(await tried(data), /newer version of bailiwick/);
  });
});

describe('a broker that is far away', () => {
  /** Answers page after page, each with what is given for it; asked for more, it would be a fault of the test. */
  function pages(...answers: readonly ((response: Parameters<RequestListener>[1]) => void)[]) {
    const asked: URL[] = [];
    const listener: RequestListener = (request, response) => {
      asked.push(new URL(request.url ?? '', 'http://x'));
      answers[asked.length - 1]?.(response);
    };
    return { asked, listener };
  }
  const page =
    (events: readonly JsonObject[], cursor?: string) => (response: Parameters<RequestListener>[1]) =>
      void response.end(JSON.stringify({ events, ...(cursor === undefined ? {} : { cursor }) }));
  const refusing = (status: number, body: string) => (response: Parameters<RequestListener>[1]) =>
    void response.writeHead(status).end(body);

  async function tried(listener: RequestListener, ...more: readonly string[]): Promise<Ran> {
    const url = `http://127.0.0.1:${await httpPort(listener)}`;
    return backtested(['--config', narrow(), '--url', url, ...more], { BAILIWICK_TOKEN: TOKEN });
  }

  test('is asked for page after page, until there is no cursor, empty pages too', async () => {
    const { asked, listener } = pages(page([issued(1)], 'a b'), page([], 'c'), page([issued(2), issued(3)]));
    const { code, out } = await tried(listener, '--since', '2026-05-04', '--until', '2026-05-05', '--jsonl');
    expect(code).toBe(1);
    expect(out.map((line) => JSON.parse(line).call)).toEqual(['call_1', 'call_2', 'call_3']);
    const span = 'since=2026-05-04T00%3A00%3A00.000Z&until=2026-05-05T00%3A00%3A00.000Z&limit=500';
    expect(asked.map(({ pathname, search }) => pathname + search)).toEqual([
      `/v1/audit/events?${span}`,
      `/v1/audit/events?${span}&cursor=a+b`,
      `/v1/audit/events?${span}&cursor=c`,
    ]);
  });

  const problem = JSON.stringify({ code: 'invalid_request', detail: 'The cursor is not one of this list.' });
  const FAILURES = [
    ['refuses a cursor', refusing(400, problem), /^invalid_request: The cursor is not one of this list\.$/],
    ['fails', refusing(500, '<html>'), /answered 500, but not as a broker does\.$/],
    [
      'hangs up',
      (response: Parameters<RequestListener>[1]) => void response.destroy(),
      /^No broker answers at /,
    ],
    ['answers something else', refusing(200, '{"tasks":[]}'), /gives no list of events\.$/],
    ['answers events that are none', refusing(200, '{"events":[1]}'), /gives no list of events\.$/],
    ['goes round in circles', page([issued(2)], 'next'), /^The list of events does not go on\.$/],
  ] as const;

  test.for(FAILURES)('that %s midway leaves no report that looks whole', async ([, failure, sentence]) => {
    for (const form of [[], ['--json']]) {
      const { listener } = pages(page([issued(1)], 'next'), failure);
      expectOnly(await tried(listener, ...form), sentence);
    }
    // Changes that were told are true all the same, and the end says that there may be more.
    const { listener } = pages(page([issued(1)], 'next'), failure);
    const { code, out, err } = await tried(listener, '--jsonl');
    expect(code).toBe(2);
    expect(out.length).toBeGreaterThan(0);
    expect(err.join('\n')).toMatch(sentence);
  });

  test('is not asked any further once nobody reads on', async () => {
    const listener: RequestListener = (request, response) => {
      const number = Number(new URL(request.url ?? '', 'http://x').searchParams.get('cursor') ?? 0);
      if (number > 5) throw new Error('asked for more');
      page([issued(number)], String(number + 1))(response);
    };
    const url = `http://127.0.0.1:${await httpPort(listener)}`;
    let printed = 0;
    const isGone = () => {
      printed += 1;
      return printed > 2;
    };
    const args = ['--config', narrow(), '--url', url, '--jsonl'];
    const { code, out, err } = await backtested(args, { BAILIWICK_TOKEN: TOKEN }, { isGone });
    expect({ code, err, printed: out.length }).toEqual({ code: 1, err: [], printed: 2 });
  });

  test('may say what it likes: nothing of it reaches the terminal as more than text', async () => {
    const evil = { ...issued(1), call: 'call_\u001b[2J\u202e' };
    for (const form of [[], ['--json'], ['--jsonl']]) {
      const { out } = await tried(pages(page([evil])).listener, ...form);
      expect(out.length).toBeGreaterThan(0);
      expect(out.join('\n')).not.toMatch(/[^\n\P{C}]/u);
    }
  });
});
