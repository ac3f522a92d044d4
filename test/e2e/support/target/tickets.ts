// A small ticket system, and a page that says what it was asked.
import { type Asked, json, type Pages } from './answers.ts';

/** What must be masked in it: put together here, so that no scanner takes it for somebody's. */
export const CUSTOMER = {
  email: 'jo.canary@example.net',
  card: '4242 4242 4242 4242',
  phone: '+31 6 12345678',
} as const;

function ticket(id: string) {
  const { email, card, phone } = CUSTOMER;
  return {
    id,
    subject: 'Refund',
    status: 'open',
    customer: { email, phone },
    text: `Please pay it back to my card ${card}, or write to ${email}.`,
  };
}

/** Without what the broker put in, where the broker put it in: a caller is not to see that by asking. */
function shown({ method, path, query, headers, body, size, sha256 }: Asked, hidden: readonly string[]) {
  const told = headers.filter(([name]) => !hidden.includes(name.toLowerCase()));
  return { method, path, query, headers: told, body, size, sha256 };
}

export const tickets: Pages = [
  [/^\/api\/tickets$/, (_, response) => json(response, { tickets: ['41', '42'].map(ticket) })],
  [
    /^\/api\/tickets\/([^/]+)$/,
    ({ parts }, response) => json(response, ticket(decodeURIComponent(parts[0] ?? ''))),
  ],
  [
    /^\/api\/tickets\/([^/]+)\/replies$/,
    ({ parts, bytes }, response) => {
      const reply: unknown = JSON.parse(Buffer.from(bytes).toString());
      json(response, { ticket: parts[0], reply }, 201);
    },
  ],
  // What a route must never lead to.
  [/^\/api\/admin(\/.*)?$/, (_, response) => json(response, { admin: true })],
  [
    /^\/api\/echo(\/.*)?$/,
    (asked, response) => json(response, shown(asked, ['authorization', 'x-api-key', 'cookie'])),
  ],
];
