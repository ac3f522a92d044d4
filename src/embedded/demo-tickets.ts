// What the demo target holds: support tickets of people who do not exist, with data that must not reach an agent as it is.

export interface Ticket {
  readonly id: string;
  readonly subject: string;
  readonly status: 'open' | 'solved';
  readonly customer: { readonly name: string; readonly email: string; readonly phone: string };
  /** As payment providers print it for tests: no bank issues such a number. */
  readonly card: string;
  readonly text: string;
}

export interface Reply {
  readonly id: string;
  readonly text: string;
}

/** The one that the walk asks for. */
export const DEMO_TICKET = '42';

const TICKETS: readonly Ticket[] = [
  {
    id: '41',
    subject: 'Invoice has the wrong address',
    status: 'solved',
    customer: { name: 'Robin Vos', email: 'robin.vos@example.com', phone: '+1 202-555-0117' },
    card: '5555 5555 5555 4444',
    text: 'The invoice of last month still has our old address on it.',
  },
  {
    id: DEMO_TICKET,
    subject: 'Charged twice',
    status: 'open',
    customer: { name: 'Alex Jansen', email: 'alex.jansen@example.com', phone: '+1 202-555-0142' },
    card: '4111 1111 1111 1111',
    text: 'You charged 4111 1111 1111 1111 twice. Call me at +1 202-555-0142, or write to alex.jansen@example.com.',
  },
  {
    id: '43',
    subject: 'Can I change my plan?',
    status: 'open',
    customer: { name: 'Sasha Meier', email: 'sasha.meier@example.org', phone: '+1 202-555-0163' },
    card: '4012 8888 8888 1881',
    text: 'I want the small plan from next month on.',
  },
];

/** Of one ticket; an older one goes when there are more. */
const MOST_REPLIES = 20;

export interface Tickets {
  /** Without what only the ticket itself shows. */
  list(): readonly Pick<Ticket, 'id' | 'subject' | 'status'>[];
  get(id: string): (Ticket & { readonly replies: readonly Reply[] }) | undefined;
  /** Undefined where there is no such ticket. */
  reply(id: string, text: string): Reply | undefined;
}

/** In memory, and gone with it. */
export function createTickets(): Tickets {
  const replies = new Map<string, readonly Reply[]>();
  let given = 0;
  const find = (id: string) => TICKETS.find((ticket) => ticket.id === id);
  return {
    list: () => TICKETS.map(({ id, subject, status }) => ({ id, subject, status })),
    get: (id) => {
      const ticket = find(id);
      return ticket && { ...ticket, replies: replies.get(id) ?? [] };
    },
    reply: (id, text) => {
      if (find(id) === undefined) return undefined;
      given += 1;
      const reply = { id: String(given), text };
      replies.set(id, [...(replies.get(id) ?? []), reply].slice(-MOST_REPLIES));
      return reply;
    },
  };
}
