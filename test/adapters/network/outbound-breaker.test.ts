// A target that does not answer is left alone for a while, tried once, and taken up again when it does.
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createBreaker, type Heard } from '../../../src/adapters/network/outbound/breaker.ts';
import { SECOND, testClock } from '../../support/clock.ts';
import { get, originAt, outboundHere, plainAt, textOf } from './support/sending.ts';
import { httpPort, tcpPort } from './support/servers.ts';

describe('a breaker', () => {
  function breakerHere() {
    const clock = testClock();
    const breaker = createBreaker(clock);
    const enter = (target = 'a') => {
      const entry = breaker.enter(target);
      return 'tell' in entry ? entry : undefined;
    };
    const stopped = (target = 'a') => {
      const entry = breaker.enter(target);
      return 'tell' in entry ? undefined : entry.retryAfterSeconds;
    };
    const hear = (...heard: readonly Heard[]) => {
      for (const each of heard) enter()?.tell(each);
    };
    return { clock, enter, stopped, hear };
  }

  const times = (count: number, heard: Heard) => Array.from({ length: count }, () => heard);

  it('opens with the fifth silence in a row, for this target alone', () => {
    const { enter, stopped, hear } = breakerHere();
    hear(...times(4, 'silent'));
    expect(enter()).toBeDefined();
    hear('silent');
    expect([stopped(), stopped('b')]).toEqual([10, undefined]);
  });

  it.each<[string, readonly Heard[], boolean]>([
    ['an answer between them', [...times(4, 'silent'), 'answered', ...times(4, 'silent')], false],
    ['what is neither between them', [...times(4, 'silent'), 'unclear', 'silent'], true],
    ['no silence at all', times(20, 'unclear'), false],
  ])('with %s', (_, heard, isOpen) => {
    const { stopped, hear } = breakerHere();
    hear(...heard);
    expect(stopped() !== undefined).toBe(isOpen);
  });

  it('stays closed where they are further apart than half a minute', () => {
    const { clock, stopped, hear } = breakerHere();
    for (let time = 0; time < 20; time += 1) {
      hear('silent');
      clock.advance(8 * SECOND);
    }
    expect(stopped()).toBeUndefined();
  });

  it('says how long is left, then lets one through, and only one', () => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'silent'));
    clock.advance(9001);
    expect(stopped()).toBe(1);
    clock.advance(999);
    const probe = enter();
    expect(probe).toBeDefined();
    expect([stopped(), stopped()]).toEqual([1, 1]);
    probe?.tell('answered');
    expect([stopped(), stopped()]).toEqual([undefined, undefined]);
  });

  it.each<Heard>(['silent', 'unclear'])('opens again where that one is %s', (heard) => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'silent'));
    clock.advance(10 * SECOND);
    enter()?.tell(heard);
    expect(stopped()).toBe(10);
    clock.advance(10 * SECOND);
    enter()?.tell('answered');
    expect(stopped()).toBeUndefined();
  });

  it('is closed by an answer to what was on its way, and not held open by its silence', () => {
    const { clock, enter, stopped, hear } = breakerHere();
    const [late, later] = [enter(), enter()];
    hear(...times(5, 'silent'));
    clock.advance(5 * SECOND);
    late?.tell('silent');
    expect(stopped()).toBe(5);
    later?.tell('answered');
    expect(stopped()).toBeUndefined();
  });
});

describe('a target', () => {
  it('that is not reached five times is not dialled again until its time has come', async () => {
    const clock = testClock();
    let resolved = 0;
    let address = '127.0.0.2';
    const port = await httpPort((_, response) => {
      response.writeHead(500).end('here again');
    });
    const resolve = async () => {
      resolved += 1;
      return [address];
    };
    const outbound = outboundHere({ clock, resolve });
    const to = plainAt(port);
    for (let time = 0; time < 5; time += 1) {
      expect(await outbound.send(get(to))).not.toHaveProperty('retryAfterSeconds');
    }
    expect(await outbound.send(get(to))).toMatchObject({
      problem: 'unavailable',
      sent: false,
      retryAfterSeconds: 10,
    });
    expect(resolved).toBe(5);
    // Another target at the same place is another's business.
    expect(await outbound.send(get({ ...to, target: 'other' }))).not.toHaveProperty('retryAfterSeconds');
    address = '127.0.0.1';
    clock.advance(10 * SECOND);
    expect(textOf(await outbound.send(get(to)))).toBe('here again');
    expect(textOf(await outbound.send(get(to)))).toBe('here again');
  });

  const once = { failures: 1, withinMilliseconds: 1000, openMilliseconds: 10_000 };
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n';
  it.each<[string, (socket: Socket) => void, boolean]>([
    ['says nothing in time', () => undefined, true],
    ['says something, but not all in time', (socket) => socket.write(head), false],
    ['says half a head in time', (socket) => socket.write('HTTP/1.1 2'), false],
    ['closes the connection', (socket) => socket.end(), false],
    ['says what is no HTTP', (socket) => socket.write('SSH-2.0\r\n'), false],
  ])('that %s is left alone: %j', async (_, say, isLeft) => {
    const port = await tcpPort((socket) => {
      socket.once('data', () => say(socket));
    });
    const outbound = outboundHere({ breaker: once });
    const request = get(plainAt(port), { timeoutMilliseconds: 100 });
    await outbound.send(request);
    const next = await outbound.send(request);
    expect('retryAfterSeconds' in next).toBe(isLeft);
  });

  it('is not judged by what is refused before it is asked', async () => {
    const outbound = outboundHere({ breaker: once });
    const to = originAt('http://127.0.0.1:1');
    await outbound.send(get(to, { path: 'no path' }));
    expect(await outbound.send(get(to))).not.toHaveProperty('retryAfterSeconds');
  });
});
