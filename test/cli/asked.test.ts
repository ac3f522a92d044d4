// What commands take, and what is wrong use of them.
import { describe, expect, test } from 'vitest';
import { type Takes, understand } from '../../src/cli/remote/asked.ts';
import { WrongUse } from '../../src/cli/remote/trouble.ts';

const TASK = 'task_01m7xwf4mnttq8h1nxppma3178';
const NOTHING: Takes = {};
const CHANGE: Takes = { id: 'agent', flags: ['reason'] };
const DIGEST = 'aB'.repeat(32);
const ATTEST: Takes = { id: 'agent', flags: ['reason', 'digest'] };

describe('understood', () => {
  test.for([
    ['without anything', NOTHING, [], { id: '', json: false }],
    ['an agent', CHANGE, ['demo-agent', '--reason', 'x'], { id: 'demo-agent', reason: 'x' }],
    ['an agent after its options', CHANGE, ['--reason', 'x', 'demo-agent'], { id: 'demo-agent' }],
    ['a file', ATTEST, ['demo-agent', '--reason', 'x', '--digest', DIGEST], { digest: DIGEST }],
    ['a task', { id: 'task' }, [TASK, '--json'], { id: TASK, json: true }],
    ['an agent’s tasks', { flags: ['agent'] }, ['--agent=demo-agent'], { agent: 'demo-agent' }],
    ['the longest time', { flags: ['hours'] }, ['--hours', '720'], { hours: '720' }],
    [
      'where and who',
      NOTHING,
      ['--url', 'u', '--token', 't', '--data', 'd'],
      { connection: { url: 'u', token: 't', data: 'd' } },
    ],
  ] as const)('%s', ([, takes, args, expected]) => {
    expect(understand(args, takes as Takes)).toMatchObject(expected);
  });
});

function sentenceOf(args: readonly string[], takes: Takes): string {
  try {
    return JSON.stringify(understand(args, takes));
  } catch (error) {
    expect(error).toBeInstanceOf(WrongUse);
    return (error as WrongUse).message;
  }
}

describe('wrong use is', () => {
  test.for([
    ['an option that there is not', NOTHING, ['--jsn'], /--jsn/],
    ['an option without its value', NOTHING, ['--url'], /--url/],
    ['an argument where none is taken', NOTHING, ['demo-agent'], /^This takes options only\.$/],
    ['no agent', CHANGE, ['--reason', 'x'], /^Name an agent /],
    ['two agents', CHANGE, ['one-agent', 'demo-agent', '--reason', 'x'], /^Name an agent /],
    ['an agent that leads elsewhere', CHANGE, ['../tasks', '--reason', 'x'], /^Name an agent /],
    ['an agent that is a directory', CHANGE, ['..', '--reason', 'x'], /^Name an agent /],
    ['an agent with a query', CHANGE, ['demo-agent?x', '--reason', 'x'], /^Name an agent /],
    ['a task for an agent', CHANGE, [TASK, '--reason', 'x'], /^Name an agent /],
    ['an agent for a task', { id: 'task' }, ['demo-agent'], /^Name a task /],
    ['half a task', { id: 'task' }, [TASK.slice(0, -1)], /^Name a task /],
    ['a change without a reason', CHANGE, ['demo-agent'], /--reason TEXT/],
    ['a change with a blank reason', CHANGE, ['demo-agent', '--reason', ' \t'], /--reason TEXT/],
    ['a reason where nothing changes', NOTHING, ['--reason', 'x'], /^--reason means nothing here\.$/],
    ['hours where nothing is counted', NOTHING, ['--hours', '1'], /^--hours means nothing here\.$/],
    ['an agent that can be none', { flags: ['agent'] }, ['--agent', 'Demo'], /^--agent must name /],
    [
      'a digest of nothing',
      CHANGE,
      ['demo-agent', '--reason', 'x', '--digest', DIGEST],
      /^--digest means nothing here\.$/,
    ],
    ['half a digest', ATTEST, ['demo-agent', '--reason', 'x', '--digest', 'aB'], /^--digest must be /],
    ['no hours', { flags: ['hours'] }, ['--hours', '0'], /^--hours must be /],
    ['more hours than are kept', { flags: ['hours'] }, ['--hours', '721'], /^--hours must be /],
    ['hours that are no number', { flags: ['hours'] }, ['--hours', '0x10'], /^--hours must be /],
  ] as const)('%s', ([, takes, args, sentence]) => {
    expect(sentenceOf(args, takes as Takes)).toMatch(sentence);
  });

  test('never said again, since it may be a token in the wrong place', () => {
    const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    for (const takes of [NOTHING, CHANGE, { id: 'task' } as const]) {
      for (const args of [
        [token],
        ['--agent', token],
        ['--hours', token],
        [`--tokn=${token}`],
        ['x', token],
      ]) {
        expect(sentenceOf(args, takes)).not.toContain(token);
      }
    }
  });
});
