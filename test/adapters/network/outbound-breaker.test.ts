// A target that does not answer is left alone for a while, tried once, and taken up again when it does.
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createBreaker, type Heard } from '../../../src/adapters/network/outbound/breaker.ts';
import type { OutboundDependencies } from '../../../src/adapters/network/outbound.ts';
import { HOUR, SECOND, testClock } from '../../support/clock.ts';
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

  it('opens with what is away, however many were asked at once', () => {
    const { enter, stopped } = breakerHere();
    const all = Array.from({ length: 5 }, () => enter());
    for (const each of all) each?.tell('away');
    expect(stopped()).toBe(10);
  });

  it('takes silences at the same time for one', () => {
    const { enter, stopped } = breakerHere();
    const askAtOnce = () => {
      const all = Array.from({ length: 20 }, () => enter());
      for (const each of all) each?.tell('silent');
    };
    for (let time = 0; time < 4; time += 1) askAtOnce();
    expect(enter()).toBeDefined();
    askAtOnce();
    expect(stopped()).toBe(10);
  });

  it('takes a silence for nothing where another was answered since it began', () => {
    const { enter, stopped, hear } = breakerHere();
    const slow = enter();
    hear('answered');
    slow?.tell('silent');
    hear(...times(4, 'silent'));
    expect(enter()).toBeDefined();
    hear('silent');
    expect(stopped()).toBe(10);
  });

  it('hears the first word that is told, and no other', () => {
    const { enter, stopped, hear } = breakerHere();
    const long = enter();
    long?.tell('answered');
    hear(...times(5, 'away'));
    long?.tell('answered');
    expect(stopped()).toBe(10);
  });

  it.each<[string, readonly Heard[], boolean]>([
    ['an answer between what is away', [...times(4, 'away'), 'answered', ...times(4, 'away')], false],
    ['both', ['away', 'silent', 'away', 'silent', 'away'], true],
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

  it('stays open no longer where the clock is set back', () => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'silent'));
    clock.advance(-HOUR);
    expect(stopped()).toBe(10);
    clock.advance(10 * SECOND);
    expect(enter()).toBeDefined();
  });

  it('opens again where that one finds it away', () => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'silent'));
    clock.advance(10 * SECOND);
    enter()?.tell('away');
    expect(stopped()).toBe(10);
    clock.advance(10 * SECOND);
    enter()?.tell('answered');
    expect(stopped()).toBeUndefined();
  });

  it.each<Heard>(['silent', 'unclear'])('lets others through after one that is %s', (heard) => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'silent'));
    clock.advance(10 * SECOND);
    enter()?.tell(heard);
    const [one, other] = [enter(), enter()];
    one?.tell('silent');
    expect(stopped()).toBe(10);
    other?.tell('answered');
    expect(stopped()).toBeUndefined();
  });

  it('opens at the next failure after one that is silent, where those before were within the half minute', () => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'away'));
    clock.advance(10 * SECOND);
    enter()?.tell('silent');
    expect(stopped()).toBeUndefined();
    hear('away');
    expect(stopped()).toBe(10);
  });

  it('does not stay open to a rare caller because another asks for a stalled path all the time', () => {
    const { clock, enter, stopped, hear } = breakerHere();
    hear(...times(5, 'silent'));
    let waits = 0;
    let isIn = false;
    // The other begins with each second, and its call has timed out by the next.
    for (let second = 0; second < 120 && !isIn; second += 1) {
      const stalled = enter();
      clock.advance(SECOND / 2);
      waits -= 1;
      if (waits <= 0) {
        waits = stopped() ?? 0;
        isIn = waits === 0;
      }
      clock.advance(SECOND / 2);
      stalled?.tell('silent');
    }
    expect(isIn).toBe(true);
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

  it('with a slow path goes on with the others, and those who ask for it', async () => {
    const began = Promise.withResolvers<void>();
    let slow = 0;
    const port = await httpPort((request, response) => {
      if (request.url !== '/slow') response.end('quick');
      else if (++slow === 6) began.resolve();
    });
    const outbound = outboundHere();
    const to = plainAt(port);
    const soon = { path: '/slow', timeoutMilliseconds: 300 };
    const all = Promise.all(Array.from({ length: 6 }, () => outbound.send(get(to, soon))));
    await began.promise;
    for (const result of await all) expect(result).toMatchObject({ problem: 'timeout', sent: true });
    expect(textOf(await outbound.send(get(to)))).toBe('quick');
  });

  it('that has begun to answer another is not silent', async () => {
    const port = await tcpPort((socket) => {
      socket.once('data', (data) => {
        if (data.toString().startsWith('GET /long')) socket.write(head);
      });
    });
    const outbound = outboundHere({ breaker: once });
    const to = plainAt(port);
    const asked = outbound.send(get(to, { path: '/silent', timeoutMilliseconds: 500 }));
    const long = outbound.send(get(to, { path: '/long' }));
    const silent = await asked;
    expect(silent).toMatchObject({ problem: 'timeout', sent: true });
    expect(silent).not.toHaveProperty('status');
    expect(await outbound.send(get(to, { timeoutMilliseconds: 50 }))).not.toHaveProperty('retryAfterSeconds');
    void long;
  });

  it('whose connections are all busy is not silent', async () => {
    const began = Promise.withResolvers<void>();
    const port = await httpPort(() => began.resolve());
    const outbound = outboundHere({ breaker: once, connections: { most: 1 } });
    const to = plainAt(port);
    const waiting = outbound.send(get(to));
    await began.promise;
    const request = get(to, { timeoutMilliseconds: 20 });
    for (let time = 0; time < 2; time += 1) {
      const refused = await outbound.send(request);
      expect(refused).toMatchObject({ problem: 'unavailable', sent: false });
      expect(refused).not.toHaveProperty('retryAfterSeconds');
    }
    outbound.close();
    void waiting;
  });

  const hanging = () => new Promise<never>(() => undefined);
  it.each<[string, Partial<OutboundDependencies>, number, boolean]>([
    ['has no name that is found', { resolve: () => Promise.reject(new Error('ENOTFOUND')) }, 20_000, true],
    ['does not connect in time', { resolve: hanging, connectMilliseconds: 20 }, 20_000, true],
    ['had less time than a connection may take', { resolve: hanging }, 20, false],
    ['is at an address that is not dialled', { resolve: async () => ['169.254.169.254'] }, 20_000, false],
  ])('that %s counts for each who asks at once: %j', async (_, options, timeoutMilliseconds, isLeft) => {
    const outbound = outboundHere({ ...options, breaker: { ...once, failures: 3 } });
    const request = get(plainAt(1), { timeoutMilliseconds });
    const ask = async () => outbound.send(request);
    for (const result of await Promise.all([ask(), ask(), ask()])) {
      expect(result).toMatchObject({ problem: 'unavailable' });
    }
    expect('retryAfterSeconds' in (await ask())).toBe(isLeft);
  });

  it('is not judged by what is refused before it is asked', async () => {
    const outbound = outboundHere({ breaker: once });
    const to = originAt('http://127.0.0.1:1');
    await outbound.send(get(to, { path: 'no path' }));
    expect(await outbound.send(get(to))).not.toHaveProperty('retryAfterSeconds');
  });
});
