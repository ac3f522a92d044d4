// Recorded events to look back at: of a broker by its address, else of a data directory, whose broker may be running.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { createDirectoryObjects } from '../../adapters/embedded/directory-objects.ts';
import { DatabaseTooNew } from '../../adapters/embedded/migrations.ts';
import { DatabaseTooOld, openReadOnly } from '../../adapters/embedded/read-only.ts';
import { createSqliteEvents } from '../../adapters/embedded/sqlite-events.ts';
import { systemClock as clock } from '../../adapters/system.ts';
import { ROUTES } from '../../api/routes.ts';
import { DEFAULT_DATA } from '../../embedded/walk.ts';
import type { Span } from '../../ports/events.ts';
import type { JsonObject } from '../../shared/json.ts';
import { type Client, createClient } from '../remote/client.ts';
import { connectionFor } from '../remote/connection.ts';
import { CallRefused, NoAnswer, refusalLines, WrongUse } from '../remote/trouble.ts';

export interface RecordedOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
}

export interface Recorded {
  /** In words: `the data directory .bailiwick`. */
  readonly where: string;
  /** The bodies of the events whose ids were made in that span, in the order of their ids, read a page at a time. */
  events(span: Span): AsyncIterable<JsonObject>;
  close(): Promise<void>;
}

/** As many as a page may have. */
const PAGE = 500;

interface EventPage {
  readonly events: readonly JsonObject[];
  readonly cursor?: string | undefined;
}

/** The next page is on its way while one is worked through: a broker may be far away. */
async function* allPages(
  pageAt: (cursor: string | undefined) => Promise<EventPage>,
): AsyncGenerator<JsonObject> {
  let next: Promise<EventPage> | undefined = pageAt(undefined);
  for (let last: string | undefined; next !== undefined; ) {
    const { events, cursor }: EventPage = await next;
    if (cursor !== undefined && cursor === last) throw new NoAnswer('The list of events does not go on.');
    next = cursor === undefined ? undefined : pageAt(cursor);
    // Whoever stops reading here never learns of it.
    next?.catch(() => {});
    last = cursor;
    yield* events;
  }
}

/** Bodies are looked into by whoever needs them; here it is enough that they are objects. */
const eventPage = z.object({
  events: z.array(z.custom<JsonObject>((body) => typeof body === 'object' && body !== null)),
  cursor: z.optional(z.string()),
});

function recordedBy(client: Client, url: URL): Recorded {
  const where = `the broker at ${url.href.replace(/\/+$/, '')}`;
  return {
    where,
    events: ({ from, until }) =>
      allPages(async (cursor) => {
        const query = { since: from.toISOString(), until: until.toISOString(), limit: String(PAGE), cursor };
        const page = z.safeParse(eventPage, await client.call(ROUTES.readEvents, { query }));
        if (page.success) return page.data;
        throw new NoAnswer(`What answers as ${where} gives no list of events.`);
      }),
    close: async () => {},
  };
}

/** What lies at the bottom of it: a fault of a store wraps what its client said. */
function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  return error.cause instanceof Error ? whyUnreadable(error.cause) : error.message;
}

function openDirectory(data: string) {
  if (!existsSync(join(data, 'bailiwick.db'))) {
    throw new WrongUse(
      `There are no recorded events in ${data}: no broker has run with that data directory. Name another with --data, or a broker's address with --url or BAILIWICK_URL.`,
    );
  }
  try {
    return openReadOnly(data);
  } catch (error) {
    if (error instanceof DatabaseTooOld || error instanceof DatabaseTooNew) {
      throw new WrongUse(`The events in ${data} can't be read: ${error.message}.`);
    }
    throw new WrongUse(`The events in ${data} can't be read (${whyUnreadable(error)}).`);
  }
}

function recordedIn(data: string): Recorded {
  const database = openDirectory(data);
  const objects = createDirectoryObjects({ directory: join(data, 'objects'), clock });
  const events = createSqliteEvents({ database, objects, clock });
  return {
    where: `the data directory ${data}`,
    events: (span) =>
      allPages(async (cursor) => {
        try {
          const page = await events.between(span, {
            limit: PAGE,
            ...(cursor === undefined ? {} : { cursor }),
          });
          return { events: page.items.map(({ body }) => body), cursor: page.cursor };
        } catch (error) {
          throw new NoAnswer(`The events in ${data} can't be read any further (${whyUnreadable(error)}).`);
        }
      }),
    close: () => database.close(),
  };
}

/** What is said goes before the environment, and a directory that is named before an address in the environment. */
export async function openRecorded(
  { url, token, data }: RecordedOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Recorded> {
  if (url !== undefined && data !== undefined) {
    throw new WrongUse('Name a broker with --url or a data directory with --data, not both.');
  }
  const isRemote = url !== undefined || (data === undefined && (environment['BAILIWICK_URL'] ?? '') !== '');
  if (!isRemote) {
    if (token === undefined) return recordedIn(data ?? DEFAULT_DATA);
    throw new WrongUse(
      '--token is for a broker that --url or BAILIWICK_URL names: a data directory needs none.',
    );
  }
  const connection = await connectionFor({ url, token }, environment);
  return recordedBy(createClient(connection), connection.url);
}

/** What to print of an error of this module. Undefined for any other: that is a fault. */
export function troubleLines(error: unknown): readonly string[] | undefined {
  if (error instanceof CallRefused) return refusalLines(error.problem);
  return error instanceof WrongUse || error instanceof NoAnswer ? [error.message] : undefined;
}
