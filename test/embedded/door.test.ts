// The door by itself: what becomes of a connection whose other side does nothing any more.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createInStep } from '../../src/embedded/in-step.ts';
import { createDoor } from '../../src/embedded/server.ts';
import { listen } from '../contract/support/servers.ts';
import { until } from '../support/poll.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

test('who is told what is wrong, and does not end its side, does not keep the connection', async () => {
  const { server } = createDoor({
    endpoints: [],
    log: quiet,
    publicUrl: () => 'http://127.0.0.1',
    requestId: () => 'req_1',
    page: () => ({ status: 200, headers: {}, body: '' }),
    linked: async () => ({ status: 404, headers: {}, body: '' }),
    inStep: createInStep(),
  });
  const { endpoint, close } = await listen(server);
  onTestFinished(close);
  const socket = connect({ port: Number(new URL(endpoint).port), host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.resume().write('GET /healthz HTTP/1.1\r\nHo');
  await once(socket, 'end');
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  expect(socket.writable).toBe(true);
  await until('the end of the connection', async () => ((await open()) === 0 ? true : undefined));
});
