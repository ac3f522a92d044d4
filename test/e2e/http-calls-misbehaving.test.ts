// Targets that answer too late, in part, or not in HTTP: the agent gets a refusal that says what is known, and the next call works.
import { expect, test } from 'vitest';
import {
  call,
  describeCalls,
  eventsOfCall,
  MARK,
  newMark,
  openFor,
  passed,
  refused,
  seen,
} from './support/calls.ts';
import { LOOSE, RAW } from './support/target/misbehaving.ts';

const WORDS_OF_LIBRARIES = /HPE_|ECONN|ERR_|errno|127\.0\.0\.1|Parse Error|zlib|socket hang up/i;

describeCalls('an answer that is none', () => {
  test.for(Object.keys(RAW))('%s', async (name) => {
    const opened = await openFor(['lab:read', 'lab:write']);
    const answer = await call(opened, 'lab', `/raw/${name}`);
    refused(answer, 'target_failed');
    expect(answer.text).not.toMatch(WORDS_OF_LIBRARIES);
    expect(answer.everything).not.toContain('smuggled');
    passed(await call(opened, 'lab', '/status/200'));
  });

  test('to a write: nobody knows what became of it', async () => {
    const opened = await openFor(['lab:read', 'lab:write']);
    const mark = newMark();
    const sending = { method: 'POST', body: '{}', headers: { [MARK]: mark } };
    for (const path of ['/raw/nothing', '/raw/junk', '/reset']) {
      const problem = refused(await call(opened, 'lab', path, sending), 'outcome_unknown');
      expect(problem.detail).toMatch(/call_[0-9a-z]+/);
    }
    // Not one of them was sent twice.
    expect(await seen(mark)).toHaveLength(3);
  });

  const CUT = ['too-short-a-body', 'chunks-that-break-off', 'no-last-chunk', 'chunks-of-no-size'];
  test.for([...CUT, 'switching-protocols'])('to a write, once it has begun: %s', async (name) => {
    const opened = await openFor(['lab:write']);
    const mark = newMark();
    const answer = await call(opened, 'lab', `/raw/${name}`, {
      method: 'POST',
      body: '{}',
      headers: { [MARK]: mark },
    });
    const problem = refused(answer, 'outcome_unknown');
    expect(problem.detail).toMatch(/begun to answer, with status (?:200|101)\..*call_[0-9a-z]+/);
    expect(await seen(mark)).toHaveLength(1);
    const events = await eventsOfCall(opened, answer);
    expect(events.map(({ type }) => type)).toEqual(['call.requested', 'call.unknown']);
    expect(events[1]).toMatchObject({ refusal: { code: 'outcome_unknown', detail: problem.detail } });
  });

  const UNUSABLE = ['broken-gzip', 'an-unknown-encoding', 'two-lengths'];
  test.for(UNUSABLE)('to a write, which was answered all the same: %s', async (name) => {
    const opened = await openFor(['lab:write']);
    const answer = await call(opened, 'lab', `/raw/${name}`, { method: 'POST', body: '{}' });
    expect(refused(answer, 'target_failed').detail).toContain('It had answered with status 200.');
  });

  test('by a reset', async () => {
    const opened = await openFor(['lab:read']);
    refused(await call(opened, 'lab', '/reset'), 'target_failed');
  });
});

describeCalls('an answer with more than there should be', () => {
  test.for(Object.keys(LOOSE))('%s is taken without the rest', async (name) => {
    const opened = await openFor(['lab:read']);
    const mark = newMark();
    const answer = await call(opened, 'lab', `/raw/${name}`, { headers: { [MARK]: mark } });
    if (answer.status !== 200) refused(answer, 'target_failed');
    else expect(answer.text).toBe('ok');
    // Nor is the rest the answer to anybody's next call.
    const next = await Promise.all(Array.from({ length: 6 }, () => call(opened, 'lab', '/etag')));
    for (const one of next) expect(passed(one).text).toBe('ten bytes.');
  });
});

describeCalls('an answer that takes too long', () => {
  const READS = ['before-headers', 'in-headers', 'in-body', 'in-chunks', 'dripping'];

  test.for(READS)('%s: the time is up', async (name) => {
    const opened = await openFor(['slow:read']);
    const answer = await call(opened, 'slow', `/hang/${name}`);
    const problem = refused(answer, 'call_timeout');
    expect(problem.detail).toMatch(/call_[0-9a-z]+/);
    const id = /call_[0-9a-z]+/.exec(problem.detail)?.[0];
    expect(problem.call ?? id).toBe(id);
  });

  test('to a write: nobody knows what became of it', async () => {
    const opened = await openFor(['slow:write']);
    const mark = newMark();
    const sending = { method: 'POST', body: '{}', headers: { [MARK]: mark } };
    refused(await call(opened, 'slow', '/hang/before-headers', sending), 'outcome_unknown');
    expect(await seen(mark)).toHaveLength(1);
  });

  test.for(['in-body', 'in-chunks', 'dripping'])('to a write, once it has begun: %s', async (name) => {
    const opened = await openFor(['slow:write']);
    const answer = await call(opened, 'slow', `/hang/${name}`, { method: 'POST', body: '{}' });
    const problem = refused(answer, 'outcome_unknown');
    expect(problem.detail).toMatch(/begun to answer, with status 200\..*call_[0-9a-z]+/);
    const events = await eventsOfCall(opened, answer);
    expect(events.map(({ type }) => type)).toEqual(['call.requested', 'call.unknown']);
  });

  test('is recorded as what it was', async () => {
    const opened = await openFor(['slow:read']);
    const answer = await call(opened, 'slow', '/hang/before-headers');
    refused(answer, 'call_timeout');
    expect(answer.header('bailiwick-call') ?? (answer.json() as { call?: string }).call).toBeDefined();
    const events = await eventsOfCall(opened, answer);
    expect(events.map(({ type }) => type)).toEqual(['call.requested', 'call.failed']);
  });
});

describeCalls('an answer that is too large', () => {
  test.for(['/endless', '/bomb'])('%s', async (path) => {
    const opened = await openFor(['lab:read']);
    refused(await call(opened, 'lab', path), 'target_failed');
    passed(await call(opened, 'lab', '/status/200'));
  });
});

describeCalls('a target that keeps failing', () => {
  test('is left alone for a while, and says when to try again', async () => {
    const opened = await openFor(['nobody:read', 'lab:read']);
    for (let times = 0; times < 12; times += 1) {
      const answer = await call(opened, 'nobody', '/x');
      refused(answer, 'target_unavailable');
      expect(Number(answer.header('retry-after'))).toBeGreaterThan(0);
    }
    // The others are not.
    passed(await call(opened, 'lab', '/status/200'));
  });
});
