// A client of the broker's API: one call, or all pages of a list.
import * as z from 'zod/mini';
import type { Route } from '../../api/routes.ts';
import type { Connection } from './connection.ts';
import { ExchangeFailed, exchange, type Reply } from './exchange.ts';
import { CallRefused, NoAnswer } from './trouble.ts';

type Values = Readonly<Record<string, string | undefined>>;

export interface Call {
  readonly parameters?: Values;
  readonly query?: Values;
  readonly body?: object;
}

/** An answer as it came, for whoever wants it so. */
export type Answer = Readonly<Record<string, unknown>>;

export interface Client {
  call(route: Route, call?: Call): Promise<Answer>;
  /** All pages as one. With a cursor, there is more than anyone should read at once. */
  list(route: Route, plural: string, query?: Values): Promise<Answer>;
}

const TIME_LIMIT_MILLISECONDS = 30_000;
/** Only so that a list which never ends does. */
const MOST_PAGES = 1000;
/** As large as a page may be without reaching what a function may answer. */
const PAGE_SIZE = '100';

/** As much of a problem document as is read; codes of later versions are told like all others. */
const problem = z.object({
  code: z.string(),
  detail: z.string(),
  requestId: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ path: z.string(), problem: z.string() }))),
  decision: z.optional(z.object({ policies: z.array(z.string()) })),
});

function pathOf({ path }: Route, parameters: Values): string {
  return path.replace(/\{([a-z]+)\}/g, (_, name: string) => {
    const value = parameters[name] ?? '';
    // Dots and slashes would lead to another route. Ids have none.
    if (!/^[\w-]+$/.test(value)) throw new TypeError(`${name} must be an id`);
    return value;
  });
}

function addressOf({ url }: Connection, route: Route, { parameters = {}, query = {} }: Call): URL {
  const address = new URL(url.href.replace(/\/+$/, '') + pathOf(route, parameters));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, value);
  }
  return address;
}

function nameOf({ href }: URL): string {
  return href.replace(/\/+$/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function answerIn({ status, body }: Reply, name: string): Answer {
  const json = parsed(body);
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (status >= 200 && status < 300 && isObject) return json as Answer;
  if (status >= 300 && status < 400) {
    throw new NoAnswer(`${name} answered with a redirect (${status}), which is not followed.`);
  }
  const refusal = z.safeParse(problem, json);
  if (refusal.success) throw new CallRefused(refusal.data);
  throw new NoAnswer(`${name} answered ${status}, but not as a broker does.`);
}

function unanswered({ why, sent }: ExchangeFailed, { url, found, hint }: Connection, route: Route): NoAnswer {
  const advice = hint === undefined ? '' : `: ${hint}`;
  const done = sent && route.method === 'POST' ? ' It may have been done all the same.' : '';
  return new NoAnswer(`No broker answers at ${nameOf(url)}, ${found} (${why})${advice}.${done}`);
}

export function createClient(connection: Connection, milliseconds = TIME_LIMIT_MILLISECONDS): Client {
  const call = async (route: Route, asked: Call = {}): Promise<Answer> => {
    const body = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${connection.token}`,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    };
    const url = addressOf(connection, route, asked);
    try {
      const reply = await exchange({ url, method: route.method, headers, body, milliseconds });
      return answerIn(reply, nameOf(connection.url));
    } catch (error) {
      throw error instanceof ExchangeFailed ? unanswered(error, connection, route) : error;
    }
  };
  return {
    call,
    list: async (route, plural, query = {}) => {
      const items: unknown[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answer = await call(route, { query: { ...query, limit: PAGE_SIZE, cursor } });
        const { [plural]: some, cursor: next } = answer;
        if (!Array.isArray(some))
          throw new NoAnswer(`${nameOf(connection.url)} answered no list of ${plural}.`);
        items.push(...some);
        if (typeof next !== 'string') return { [plural]: items };
        cursor = next;
      }
      return { [plural]: items, cursor };
    },
  };
}

/** An answer that is what this version expects. */
export function understood<Schema extends z.core.$ZodType>(schema: Schema, answer: Answer): z.output<Schema> {
  const read = z.safeParse(schema, answer);
  if (read.success) return read.data;
  throw new NoAnswer(
    'The broker did what was asked, but answers as another version does: `--json` prints its answer as it is.',
  );
}
