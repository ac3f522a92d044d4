// Fetches a small JSON object over HTTPS from where the address policy allows: no redirects, no proxy, not for long,
// not much.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type AddressRules, isLoopback } from './address-policy.ts';
import { checkedAddresses, hostOf, lookupAmong, type Resolve, systemResolve } from './resolve.ts';
import { tlsOptions } from './tls.ts';
import { within } from './within.ts';

export interface JsonFetchDependencies {
  /** For hosts on the same machine, which only the embedded broker may ask; those over plain http, too. */
  readonly allowLoopback: boolean;
  readonly resolve?: Resolve;
  /** Who is trusted to have signed a host's certificate, in PEM; Node's own list where left out. */
  readonly ca?: string;
  /** For everything from the name's resolution to the last byte. */
  readonly timeoutMilliseconds?: number;
}

export type JsonFetch = (
  url: string,
  privateRanges?: readonly string[],
) => Promise<Readonly<Record<string, unknown>>>;

const TIMEOUT_MILLISECONDS = 3000;
const MOST_BYTES = 512 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The URL parser has already turned every spelling of an IPv4 address into dotted decimals. */
function assertAllowed(url: URL, allowLoopback: boolean): void {
  if (url.username !== '' || url.password !== '') throw new Error('a URL with a user name is not fetched');
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && allowLoopback && LOOPBACK_HOST.test(url.hostname)) return;
  throw new Error('only https is fetched');
}

async function addressesOf(url: URL, rules: AddressRules, resolve: Resolve): Promise<readonly string[]> {
  const addresses = await checkedAddresses(hostOf(url), rules, resolve);
  if (url.protocol === 'http:' && !addresses.every(isLoopback))
    throw new Error('plain http stays on loopback');
  return addresses;
}

/** What could be set from outside is set here: proxies, connections kept, who is trusted, how much is read. */
function send(url: URL, addresses: readonly string[], ca: string | undefined): ClientRequest {
  const host = hostOf(url);
  const options = {
    method: 'GET',
    host,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, accept: 'application/json', 'accept-encoding': 'identity' },
    lookup: lookupAmong(addresses),
    maxHeaderSize: MOST_HEADER_BYTES,
    insecureHTTPParser: false,
  };
  const agent = { keepAlive: false, proxyEnv: {} };
  if (url.protocol === 'http:') return httpRequest({ ...options, agent: new HttpAgent(agent) });
  return httpsRequest({
    ...options,
    agent: new HttpsAgent({ ...agent, maxCachedSessions: 0 }),
    ...tlsOptions(host),
    ...(ca === undefined ? {} : { ca }),
  });
}

function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    // A host that switches protocols neither answers nor fails.
    outgoing.once('close', () => reject(new Error('the connection ended without an answer')));
    outgoing.end();
  });
}

async function readCapped(answer: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function bodyOf(answer: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (answer.statusCode !== 200) throw new Error(`the answer has status ${answer.statusCode}`);
  // None was asked for, and unpacked it could be of any size.
  if (answer.headers['content-encoding'] !== undefined) throw new Error('the answer is compressed');
  const text = new TextDecoder('utf-8', { fatal: true }).decode(await readCapped(answer));
  const value: unknown = JSON.parse(text);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error('the answer is no JSON object');
  }
  return { ...value };
}

export function createJsonFetch(dependencies: JsonFetchDependencies): JsonFetch {
  const { allowLoopback, resolve = systemResolve, ca } = dependencies;
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = dependencies;
  return async (text, privateRanges = []) => {
    const url = new URL(text);
    assertAllowed(url, allowLoopback);
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const rules = { private: privateRanges, loopback: allowLoopback ? 'allowed' : 'refused' } as const;
    const addresses = await within(signal, addressesOf(url, rules, resolve));
    const outgoing = send(url, addresses, ca);
    try {
      return await within(signal, answerTo(outgoing).then(bodyOf));
    } finally {
      // Also where time was up, or the answer refused half-way.
      outgoing.destroy();
    }
  };
}
