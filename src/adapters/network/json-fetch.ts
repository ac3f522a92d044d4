// Fetches a small JSON document over HTTPS: no redirects, not for long, not much.

export interface JsonFetchOptions {
  readonly allowLoopbackHttp: boolean;
  readonly fetch?: typeof fetch;
  readonly timeoutMilliseconds?: number;
}

export type JsonFetch = (url: string) => Promise<unknown>;

const TIMEOUT_MILLISECONDS = 3000;
const MOST_BYTES = 512 * 1024;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The URL parser has already turned every spelling of an IPv4 address into dotted decimals. */
function assertAllowed(url: URL, allowLoopbackHttp: boolean): void {
  if (url.username !== '' || url.password !== '') throw new Error('a URL with a user name is not fetched');
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && allowLoopbackHttp && LOOPBACK.test(url.hostname)) return;
  throw new Error('only https is fetched');
}

async function readCapped(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function createJsonFetch(options: JsonFetchOptions): JsonFetch {
  const { allowLoopbackHttp, timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  const fetchOne = options.fetch ?? fetch;
  return async (text) => {
    const url = new URL(text);
    assertAllowed(url, allowLoopbackHttp);
    const answer = await fetchOne(url, {
      redirect: 'manual',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new Error(`the answer has status ${answer.status}`);
    }
    return JSON.parse(Buffer.from(await readCapped(answer.body)).toString('utf8'));
  };
}
