// A process of the benchmark: the target. It wants its key, and answers with a ticket that has something to mask.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const { KEY = '' } = process.env;

function ticket(number: string): string {
  return JSON.stringify({
    id: `ticket-${number}`,
    subject: 'Charged twice',
    status: 'open',
    customer: { name: 'Alex Jansen', email: 'alex.jansen@example.com', phone: '+1 202-555-0142' },
    history: [
      { at: '2026-03-02T09:12:44Z', by: 'customer', text: 'My invoice shows the same amount two times.' },
      { at: '2026-03-02T09:40:10Z', by: 'support', text: 'Thank you, we are looking into it right now.' },
      { at: '2026-03-02T10:02:31Z', by: 'customer', text: 'Please write to alex.jansen@example.com.' },
    ],
    labels: ['billing', 'refund', 'waiting'],
    text: 'I was charged twice for the order of last Friday, once on my old card and once on the new one.',
  });
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const number = /^\/tickets\/(\d+)$/.exec(request.url ?? '')?.[1];
  const allowed = request.headers.authorization === `Bearer ${KEY}`;
  const body = number === undefined || !allowed ? '{}' : ticket(number);
  response.writeHead(allowed ? (number === undefined ? 404 : 200) : 401, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());
