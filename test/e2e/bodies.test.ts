// Bodies: their types and sizes, and JSON of all kinds.
import { describe, expect, test } from 'vitest';
import {
  askCredentials,
  credentials,
  finish,
  LIST,
  openTask,
  refusalIn,
  send,
  taskBody,
} from './support/broker.ts';
import type { Opened } from './support/contract.ts';
import { agentToken, auditorToken } from './support/tokens.ts';

const MIB = 1_048_576;
const JSON_TYPE = { 'content-type': 'application/json' };
const token = () => agentToken('report-builder');

const sendRaw = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE) =>
  send('POST', '/v1/tasks', { token: token(), raw, headers });

/** A body of exactly so many bytes, which is a task but for a purpose that is too long. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ ...taskBody(), purpose: '' });
  return empty.replace('"purpose":""', `"purpose":"${'x'.repeat(bytes - empty.length)}"`);
}

describe('the type of a body', () => {
  test.for([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'Application/JSON',
  ])('%s is taken', async (type) => {
    expect((await sendRaw(JSON.stringify(taskBody()), { 'content-type': type })).status).toBe(201);
  });

  test.for([
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=iso-8859-1',
    'application/jsonp',
    'application/json, text/plain',
    'json',
    'application/problem+json',
  ])('%s is not', async (type) => {
    refusalIn(await sendRaw(JSON.stringify(taskBody()), { 'content-type': type }), 'unsupported_media_type');
  });

  test('none at all is not', async () => {
    const raw = new TextEncoder().encode(JSON.stringify(taskBody()));
    refusalIn(await sendRaw(raw, {}), 'unsupported_media_type');
  });

  test('a POST without a body needs none', async () => {
    const opened = await openTask('report-builder');
    expect((await finish(opened)).status).toBe(200);
    const other = await openTask('report-builder');
    expect((await finish(other, { headers: { 'content-type': 'text/plain' } })).status).toBe(200);
  });

  test('a body where none is due is refused', async () => {
    const opened = await openTask('report-builder');
    const { errors } = refusalIn(await finish(opened, { body: { reason: 'done' } }), 'invalid_request');
    expect(errors).toEqual([{ path: 'reason', problem: expect.any(String) }]);
    refusalIn(await finish(opened, { raw: 'x', headers: JSON_TYPE }), 'malformed_request');
  });
});

describe('the size of a body', () => {
  test('1 MiB is taken as a size', async () => {
    const { errors } = refusalIn(await sendRaw(bodyOf(MIB)), 'invalid_request');
    expect(errors?.map(({ path }) => path)).toEqual(['purpose']);
  });

  test('a byte more is too large', async () => {
    refusalIn(await sendRaw(bodyOf(MIB + 1)), 'request_too_large');
  });

  test('so is white space after the JSON', async () => {
    refusalIn(await sendRaw(`${JSON.stringify(taskBody())}${' '.repeat(MIB)}`), 'request_too_large');
  });

  test('bytes are counted, not characters', async () => {
    const [purpose] = ['漢'.repeat(MIB / 3)];
    refusalIn(await sendRaw(JSON.stringify({ ...taskBody(), purpose })), 'request_too_large');
  });

  test('of credentials and of the end, too', async () => {
    const opened = await openTask('report-builder');
    const large = { raw: ' '.repeat(MIB + 1), headers: JSON_TYPE };
    refusalIn(await askCredentials(opened, undefined, large), 'request_too_large');
    refusalIn(await finish(opened, large), 'request_too_large');
  });
});

describe('JSON that is none', () => {
  const utf8 = new TextEncoder();
  const broken: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
    empty: '',
    'only white space': ' \n',
    'cut short': '{"purpose":"x","capabilities":[',
    'with a comma too many': '{"purpose":"x",}',
    'with single quotes': "{'purpose':'x'}",
    'with a comment': '{"purpose":"x"} // done',
    'two values': '{} {}',
    'not a number': '{"ttlSeconds":NaN}',
    'a number with a plus': '{"ttlSeconds":+1}',
    'a raw line break in a text': '{"purpose":"a\nb"}',
    'a NUL outside of texts': '{}\u0000',
    'a byte order mark twice': '\ufeff\ufeff{}',
    'not UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    'overlong UTF-8': new Uint8Array([...utf8.encode('{"purpose":"'), 0xc0, 0xaf, ...utf8.encode('"}')]),
    'half of a surrogate pair': '{"purpose":"\\ud800"}',
    'the other half': '{"purpose":"x \\udc00"}',
    'half of a pair in a name': '{"\\ud83d":1}',
    'UTF-16': new Uint8Array([...'{}'].flatMap((letter) => [letter.charCodeAt(0), 0])),
    YAML: 'purpose: x',
    'a form': 'purpose=x',
  };

  test.for(Object.keys(broken))('%s is malformed', async (name) => {
    refusalIn(await sendRaw(broken[name] ?? ''), 'malformed_request');
  });

  test('no body where one is due', async () => {
    refusalIn(await send('POST', '/v1/tasks', { token: token() }), 'malformed_request');
    const opened = await openTask('report-builder');
    refusalIn(await askCredentials(opened, undefined), 'malformed_request');
  });
});

describe('JSON of another shape', () => {
  const { capabilities } = taskBody() as { capabilities: unknown };
  const shapes: Readonly<Record<string, readonly [unknown, readonly string[]]>> = {
    null: [null, ['']],
    'a text': ['task', ['']],
    'a number': [1, ['']],
    'a list': [[taskBody()], ['']],
    'an empty object': [{}, ['purpose', 'capabilities']],
    'a purpose that is a number': [{ purpose: 1, capabilities }, ['purpose']],
    'a purpose of blanks': [{ purpose: ' \t', capabilities }, ['purpose']],
    'a purpose without end': [{ purpose: 'x'.repeat(2001), capabilities }, ['purpose']],
    'no capability': [{ purpose: 'x', capabilities: [] }, ['capabilities']],
    'too many capabilities': [{ purpose: 'x', capabilities: Array(101).fill(LIST) }, ['capabilities']],
    'capabilities in an object': [{ purpose: 'x', capabilities: { 0: LIST } }, ['capabilities']],
    'a capability that is a text': [{ purpose: 'x', capabilities: ['reports:list'] }, ['capabilities[0]']],
    'a capability of another form': [
      { purpose: 'x', capabilities: [{ capability: 'reports' }] },
      ['capabilities[0].capability'],
    ],
    'a parameter that is a number': [
      { purpose: 'x', capabilities: [{ ...LIST, parameters: { prefix: 1 } }] },
      ['capabilities[0].parameters.prefix'],
    ],
    'parameters in a list': [
      { purpose: 'x', capabilities: [{ ...LIST, parameters: ['a'] }] },
      ['capabilities[0].parameters'],
    ],
    'a time to live as text': [taskBody([LIST], { ttlSeconds: '60' }), ['ttlSeconds']],
    'a time to live of nothing': [taskBody([LIST], { ttlSeconds: 0 }), ['ttlSeconds']],
    'a time to live before now': [taskBody([LIST], { ttlSeconds: -1 }), ['ttlSeconds']],
    'a broken time to live': [taskBody([LIST], { ttlSeconds: 1.5 }), ['ttlSeconds']],
    'a requester that is an object': [taskBody([LIST], { requester: { id: 'kim' } }), ['requester']],
    'a requester token that is empty': [taskBody([LIST], { requesterToken: '' }), ['requesterToken']],
    'a member that nobody knows': [taskBody([LIST], { ttl: 60 }), ['ttl']],
    'what only the broker says': [taskBody([LIST], { agent: 'archivist', id: 'task_x' }), ['agent', 'id']],
  };

  test.for(Object.keys(shapes))('%s is invalid, and it is said where', async (name) => {
    const [body, paths] = shapes[name] ?? [];
    const answer = await send('POST', '/v1/tasks', { token: token(), body });
    const { errors = [] } = refusalIn(answer, 'invalid_request');
    expect(errors.map(({ path }) => path).sort()).toEqual([...(paths ?? [])].sort());
    for (const { problem } of errors) expect(problem).toMatch(/\S/);
  });

  test.for<[string, unknown]>([
    ['nothing', {}],
    ['a list', [LIST]],
    ['one and several', { ...LIST, capabilities: [LIST] }],
    ['no capability', { capabilities: [] }],
    ['too many', { capabilities: Array(21).fill(LIST) }],
    ['parameters beside several', { capabilities: [LIST], parameters: {} }],
    ['a member that nobody knows', { ...LIST, target: 'reports' }],
    ['null for parameters', { ...LIST, parameters: null }],
  ])('credentials for %s are invalid', async ([, body]) => {
    const opened = await openTask('report-builder');
    const { errors = [] } = refusalIn(await askCredentials(opened, body), 'invalid_request');
    expect(errors.length).toBeGreaterThan(0);
  });
});

describe('JSON that means harm', () => {
  const deep = (open: string, close: string) => open.repeat(50_000) + close.repeat(50_000);

  test.for<[string, string]>([
    ['lists within lists', deep('[', ']')],
    ['objects within objects', `${'{"purpose":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['parameters within parameters', `{"purpose":"x","capabilities":[${deep('[', ']')}]}`],
    [
      'numbers beyond measure',
      JSON.stringify(taskBody()).replace('}]', `}],"ttlSeconds":${'9'.repeat(400)}`),
    ],
    ['a number beyond measure', JSON.stringify(taskBody()).replace('}]', '}],"ttlSeconds":1e999')],
    ['a prototype', JSON.stringify(taskBody()).replace('}]', '}],"__proto__":{"ttlSeconds":1}')],
    ['a constructor', JSON.stringify(taskBody()).replace('}]', '}],"constructor":{"prototype":{}}')],
    [
      'a prototype among parameters',
      `{"purpose":"x","capabilities":[{"capability":"reports:list","parameters":{"__proto__":"x"}}]}`,
    ],
    [
      'a prototype that is an object',
      `{"purpose":"x","capabilities":[{"capability":"reports:list","parameters":{"__proto__":{"a":"b"}}}]}`,
    ],
    [
      'ten thousand members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`m${i}`, i]))),
    ],
  ])('%s is refused like any mistake', async ([, raw]) => {
    const answer = await sendRaw(raw);
    expect(answer.status).toBe(400);
  });

  test.for<[string, string]>([
    ['a line break', 'a\\r\\nset-cookie: x'],
    ['what is not seen', 'de\\u200bmo\\u2800'],
    ['every plane', '漢字🗝️\u{10ffff}'],
    ['markup', '<script>alert(1)</script>'],
    ['what Cedar and SQL quote', `\\\\ \\" ' -- /* */`],
  ])('%s in a text comes back as it was sent', async ([, written]) => {
    const raw = `{"purpose":"x ${written} x","requester":"${written}y","capabilities":[{"capability":"reports:list"}]}`;
    const sent = JSON.parse(raw) as { purpose: string; requester: string };
    const answer = await sendRaw(raw);
    expect(answer.status).toBe(201);
    const opened = answer.body as Opened;
    expect(opened.task.purpose).toBe(sent.purpose);
    await credentials(opened, LIST);
    const read = await send('GET', `/v1/tasks/${opened.task.id}`, { token: opened.token });
    expect(read.body).toEqual({ task: opened.task });
    const events = await send('GET', `/v1/tasks/${opened.task.id}/events`, { token: auditorToken() });
    expect(events.body).toMatchObject({ events: [{ purpose: sent.purpose }, {}, {}] });
  });

  test.for<[string, string, string]>([
    ['a NUL', 'a\\u0000b', 'U+0000'],
    ['a control character', 'a\\u001b[31m', 'U+001B'],
    ['text that runs backwards', 'a\\u202egnol', 'U+202E'],
    ['nothing that is seen', '\\u200b\\u2800\\ufe0f', 'can be seen'],
  ])('%s in a purpose or a requester is refused', async ([, written, words]) => {
    for (const field of ['purpose', 'requester']) {
      const raw = JSON.stringify({ ...taskBody(), [field]: 'WRITTEN' }).replace('WRITTEN', () => written);
      const { errors } = refusalIn(await sendRaw(raw), 'invalid_request');
      expect(errors).toEqual([{ path: field, problem: expect.stringContaining(words) }]);
    }
  });

  test('a member that stands twice is its last', async () => {
    const raw = JSON.stringify(taskBody()).replace('{', '{"purpose":"first",');
    expect((await sendRaw(raw)).body).toMatchObject({ task: { purpose: 'Build the weekly report' } });
  });
});
