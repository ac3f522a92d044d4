// As much of EventBridge as Findings uses: PutEvents of one entry.
import * as z from 'zod/mini';
import { fakeServer, type Listening } from './servers.ts';

const PutEvents = z.strictObject({
  Entries: z.tuple([
    z.strictObject({
      Source: z.string(),
      DetailType: z.string(),
      Detail: z.string(),
      EventBusName: z.optional(z.string()),
    }),
  ]),
});

type Entry = z.infer<typeof PutEvents>['Entries'][0];

export interface FakeEventBridge extends Listening {
  readonly entries: Entry[];
  /** When set, each entry is refused with that code, in an answer that is no error. */
  failure: string | undefined;
}

const MOST_BYTES = 256 * 1024;

export async function startFakeEventBridge(): Promise<FakeEventBridge> {
  const entries: Entry[] = [];
  const server = await fakeServer((request, body, response) => {
    const isIt = request.headers['x-amz-target'] === 'AWSEvents.PutEvents';
    const asked = PutEvents.safeParse(isIt ? JSON.parse(body.toString('utf8')) : undefined);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    const [entry] = asked.data?.Entries ?? [];
    const bytes = [entry?.Source, entry?.DetailType, entry?.Detail].join('');
    if (entry === undefined || Buffer.byteLength(bytes) > MOST_BYTES) {
      response.writeHead(400).end('{"__type":"ValidationException"}');
      return;
    }
    const { failure } = fake;
    if (failure === undefined) entries.push(entry);
    const told = failure === undefined ? { EventId: 'one' } : { ErrorCode: failure, ErrorMessage: 'arn' };
    response.end(JSON.stringify({ FailedEntryCount: failure === undefined ? 0 : 1, Entries: [told] }));
  });
  const fake: FakeEventBridge = { ...server, entries, failure: undefined };
  return fake;
}
