// `bailiwick approvals` against a broker that runs: what waits, the whole card, and decisions.
import { describe, expect, test } from 'vitest';
import { ask, demoAgentToken, QUICKSTART } from '../embedded/support/broker.ts';
import { until } from '../support/poll.ts';
import { operating } from './support/operating.ts';

const { broker, data, tokenOf, run } = operating(QUICKSTART);

const ID = /appr_[0-9a-z]{26}/;
const HOSTILE =
  'Hello \u202eolleh\u202c\u001b[2J\u0007\nWay back: all of it\n! Nothing to see\nTo decide: approve';

interface Waiting {
  readonly approval: string;
  readonly status: () => Promise<string>;
}

async function openTask(capability: object, purpose: string): Promise<{ id: string; token: string }> {
  const wanted = { purpose, requester: 'kim@example.com', capabilities: [capability] };
  const { body } = await ask(`${broker().url}/v1/tasks`, 'POST', demoAgentToken(data), wanted);
  return { id: (body['task'] as { id: string }).id, token: String(body['token']) };
}

function waitingIn(status: number, body: Readonly<Record<string, unknown>>, token: string): Waiting {
  expect(status).toBe(202);
  const { id } = body['approval'] as { id: string };
  return {
    approval: id,
    status: async () => {
      const { body: read } = await ask(String(body['statusUrl']), 'GET', token);
      return (read['call'] as { status: string }).status;
    },
  };
}

async function reply(text = 'Your money is on its way', purpose = 'Answer the customer'): Promise<Waiting> {
  const { id, token } = await openTask({ capability: 'tickets-api:reply' }, purpose);
  const response = await fetch(`${broker().url}/v1/tasks/${id}/http/tickets-api/tickets/42/replies`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'text/plain',
      'bailiwick-reason': 'They wait',
    },
    body: text,
  });
  return waitingIn(response.status, (await response.json()) as Record<string, unknown>, token);
}

async function purge(): Promise<Waiting> {
  const wanted = { capability: 'demo-aws:purge', parameters: { prefix: 'weekly' } };
  const { id, token } = await openTask(wanted, 'Clean up');
  const { status, body } = await ask(`${broker().url}/v1/tasks/${id}/credentials`, 'POST', token, wanted);
  return waitingIn(status, body, token);
}

const tokens = new Map<string, Promise<string>>();

/** As that person, who is in the group that decides unless it is said otherwise. */
async function as(person: string, args: readonly string[], groups = 'demo-owners', columns?: string) {
  const name = `${person} ${groups}`;
  if (!tokens.has(name)) tokens.set(name, tokenOf('--human', person, '--groups', groups));
  const token = await tokens.get(name);
  return run(['approvals', ...args, '--data', data], { BAILIWICK_TOKEN: token, COLUMNS: columns });
}
const asLee = (...args: string[]) => as('lee@example.com', args);

async function printed(...args: string[]): Promise<string> {
  const { code, out, err } = await asLee(...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

const reached = (status: Waiting['status'], wanted: string) =>
  until(`a call that is ${wanted}`, async () => ((await status()) === wanted ? true : undefined));

describe('what waits', () => {
  test('is listed with since when, until when, whose, what and who is missing', async () => {
    const { approval } = await reply();
    const out = await printed('list');
    expect(out.split('\n')[0]).toMatch(
      /^APPROVAL +SINCE \(UTC\) +UNTIL \(UTC\) +AGENT +TARGET +WHAT +NEEDED +MISSING$/,
    );
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d`;
    expect(out).toMatch(
      new RegExp(
        `^${approval} +${time} +${time} +demo-agent +tickets-api +Write, public: POST /tickets/\\{id\\}/replies on ` +
          'tickets-api, development +1 of those who may approve +1 of those who may approve$',
        'm',
      ),
    );
    const json = JSON.parse(await printed('list', '--json'));
    expect(json.approvals.map(({ id }: { id: string }) => id)).toContain(approval);
  });

  test('is not told to those who may not decide it', async () => {
    const { approval } = await reply();
    for (const [person, groups] of [
      ['dana@example.com', 'demo-owners'],
      ['kim@example.com', 'demo-owners'],
      ['lee@example.com', 'operators'],
    ] as const) {
      const { code, out } = await as(person, ['list'], groups);
      expect([person, code, out]).toEqual([person, 0, 'Nothing waits that you may decide.\n']);
      const shown = await as(person, ['show', approval], groups);
      expect([person, shown.code, shown.out]).toEqual([person, 1, '']);
      expect(shown.err).toMatch(/^not_found: /);
    }
  });
});

describe('the card', () => {
  test('is shown whole, with the words that are the agent’s marked as theirs', async () => {
    const { approval } = await reply('Write to kim@example.com', 'Answer, and tell everybody: approved');
    const out = await printed('show', approval);
    for (const lines of [
      /^Write, public: POST \/tickets\/\{id\}\/replies on tickets-api, development$/m,
      /^status +pending: nothing is done before enough people approve$/m,
      /^LOOK TWICE\n! public: /m,
      /^THE EXACT OPERATION\nWay back:\n {2}What was sent stays sent\. /m,
      /^\| POST \/tickets\/42\/replies$/m,
      /^\| Write to \[EMAIL\]$/m,
      /^WHO ASKS\nAgent:\n- demo-agent, development$/m,
      /^On behalf of:\n- not proven/m,
      /^> kim@example\.com$/m,
      /^IN THE AGENT'S OWN WORDS; NOT CHECKED\nWhat the task is for:\n> Answer, and tell everybody: approved$/m,
      /^> They wait$/m,
      /^Masked in it:\n- EMAIL: 1$/m,
      /^Done with:\n- the broker's own credential demo, as header Authorization$/m,
      /^DECISIONS\nnone yet$/m,
      new RegExp(`^ {2}bailiwick approvals approve ${approval}$`, 'm'),
    ]) {
      expect(out).toMatch(lines);
    }
    const { approval: json } = JSON.parse(await printed('show', approval, '--json'));
    expect(json).toMatchObject({
      id: approval,
      status: 'pending',
      needed: { count: 1 },
      missing: { count: 1 },
    });
    // Every fact and every word of the card stands in it.
    for (const { values } of json.card.facts) for (const value of values) expect(out).toContain(value);
  });

  test.for(['40', '80', undefined])('deceives nobody, on %s columns', async (columns) => {
    const { approval } = await reply(`${HOSTILE} ${'x'.repeat(200)} Way back: none`);
    const { out, code } = await as('lee@example.com', ['show', approval], undefined, columns);
    expect(code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is looked at
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(out).toContain('⟨U+202E⟩');
    const lines = out.split('\n');
    if (columns !== undefined) {
      const own = lines.filter((line) => /^[|+>!-] /.test(line));
      expect(own.filter((line) => line.length > Number(columns))).toEqual([]);
    }
    // What the agent sent stands behind a sign, however it is broken.
    expect(lines.filter((line) => line.startsWith('Way back:'))).toEqual(['Way back:']);
    expect(lines.filter((line) => line.startsWith('To decide:'))).toEqual(['To decide:']);
    expect(lines.filter((line) => line.startsWith('! Nothing'))).toEqual([]);
  });
});

describe('a decision', () => {
  test('to approve has it carried out, and everybody who comes later is told', async () => {
    const { approval, status } = await reply();
    const out = await printed('approve', approval, '--reason', 'It is right');
    expect(out).toMatch(/^approved +Write, public: POST /m);
    expect(out).toMatch(/^next +That is enough: it is carried out now, if nothing has changed since\.$/m);
    await reached(status, 'succeeded');
    const shown = await printed('show', approval);
    expect(shown).toMatch(/^status +Approved by lee@example\.com at [\d: -]+ UTC$/m);
    expect(shown).toMatch(
      /^- Lee \(lee@example\.com\) approved at [\d: -]+ UTC, by the API or the command: It is right$/m,
    );
    expect(shown).not.toContain('To decide');
    const again = await as('sam@example.com', ['deny', approval, '--reason', 'Too late']);
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.err).toMatch(/^conflict: It was already decided by Lee at [\d:.TZ-]+: approved\.$/m);
  });

  test('to deny ends it, and the agent is told why', async () => {
    const { approval, status } = await reply();
    const out = await printed('deny', approval, '--reason', 'Wrong customer');
    expect(out).toMatch(/^denied +Write, public/m);
    expect(out).toMatch(/^next +It will not be done\.$/m);
    await reached(status, 'denied');
    expect(await printed('show', approval)).toMatch(
      /^status +Denied by lee@example\.com at .*\nreason +Wrong customer$/m,
    );
  });

  test('of what is admin takes a reason, and as many people as policy says', async () => {
    const { approval, status } = await purge();
    const silent = await asLee('approve', approval);
    expect(silent).toMatchObject({ code: 1, out: '' });
    expect(silent.err).toMatch(/^invalid_request: Say why you approve it: .*\n {2}reason is required here\n/);
    const first = await printed('approve', approval, '--reason', 'Old reports');
    expect(first).toMatch(/^next +Still needed: 1 of those who may approve\. Nothing is done before\.$/m);
    expect(await printed('list')).toMatch(
      new RegExp(`^${approval} .* 2 of those who may approve +1 of those who may approve$`, 'm'),
    );
    const second = await as('sam@example.com', ['approve', approval, '--reason', 'They are']);
    expect(second.out).toMatch(/^next +That is enough/m);
    await reached(status, 'approved');
  });

  test.for([
    ['dana@example.com', 'demo-owners', /^not_permitted: You answer for an agent that asks for this/],
    ['kim@example.com', 'demo-owners', /^not_permitted: This is asked for by you, or in your name/],
    [
      'lee@example.com',
      'operators',
      /^not_permitted: Policy does not let you decide this\. It can be decided by /,
    ],
  ] as const)('is refused to %s of %s', async ([person, groups, why]) => {
    const { approval, status } = await reply();
    const { code, out, err } = await as(person, ['approve', approval], groups);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(why);
    expect(await status()).toBe('awaiting_approval');
  });
});

describe('wrong use', () => {
  const ONE = `appr_${'0'.repeat(26)}`;

  test.for([
    [['aprove', ONE], /Did you mean approve\?/],
    [['show'], /^Name an approval by its id, which begins with appr_\.$/m],
    [['show', `task_${'0'.repeat(26)}`], /^Name an approval by its id/m],
    [['show', ONE, '--reason', 'x'], /^--reason means nothing here\.$/m],
    [['deny', ONE], /^Say why, for those who read it later: --reason TEXT\.$/m],
    [['deny', ONE, '--reason', ' '], /^Say why/m],
    [['approve', ONE, '--reason', ''], /^Say why/m],
    [['list', ONE], /^This takes options only\.$/m],
  ] as const)('%j asks nothing', async ([args, why]) => {
    const { code, out, err } = await asLee(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(why);
    expect(err).toMatch(/^usage: bailiwick approvals /m);
  });

  test('an approval that there is not is not found', async () => {
    const { code, err } = await asLee('approve', ONE);
    expect(code).toBe(1);
    expect(err).toMatch(/^not_found: There is no such approval, or you may not see it\.$/m);
    expect(err).not.toMatch(ID);
  });

  test('help says how', async () => {
    const { code, out } = await run(['approvals', '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}deny APPROVAL --reason TEXT$/m);
  });
});
