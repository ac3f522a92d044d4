// Fetches a small JSON object over HTTPS from where the address policy allows, or sends a form there for one: no
// redirects, no proxy, not for long, not much.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Secret } from '../../shared/secret.ts';
import { type AddressRules, isLoopback } from './address-policy.ts';
import { checkedAddresses, hostOf, lookupAmong, type Resolve, systemResolve } from './resolve.ts';
import { tlsOptions } from './tls.ts';
import { within } from './within.ts';

export interface JsonFetchDependencies {
  /**
   * For hosts on the same machine, which only the embedded broker may ask; those over plain http, too. `listed`: over
   * https, where the operator's ranges name them.
   */
  readonly allowLoopback: boolean | 'listed';
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

/** Opened where it is written. */
export interface JsonForm {
  readonly body: Secret;
  /** A form's, where left out. */
  readonly contentType?: string;
  readonly authorization?: Secret;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined where it is a refusal in other words than JSON. */
  readonly value: Readonly<Record<string, unknown>> | undefined;
  /** As the header of a refusal says it. */
  readonly retryAfter?: string;
}

/** Of hosts that answer in words. */
interface TextAnswer {
  readonly status: number;
  readonly text: string;
}

/** The answer to a form, whatever its status is. */
export type JsonSend = (
  url: string,
  form: JsonForm,
  privateRanges?: readonly string[],
) => Promise<JsonAnswer>;

const TIMEOUT_MILLISECONDS = 3000;
const FORM = 'application/x-www-form-urlencoded';
const MOST_BYTES = 512 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The URL parser has already turned every spelling of an IPv4 address into dotted decimals. */
export function assertAllowed(url: URL, allowLoopback: JsonFetchDependencies['allowLoopback']): void {
  if (url.username !== '' || url.password !== '') throw new Error('a URL with a user name is not fetched');
  if (url.protocol === 'https:') return;
  if (url.protocol === 'http:' && allowLoopback === true && LOOPBACK_HOST.test(url.hostname)) return;
  throw new Error('only https is fetched');
}

async function addressesOf(url: URL, rules: AddressRules, resolve: Resolve): Promise<readonly string[]> {
  const addresses = await checkedAddresses(hostOf(url), rules, resolve);
  if (url.protocol === 'http:' && !addresses.every(isLoopback))
    throw new Error('plain http stays on loopback');
  return addresses;
}

function headersOf({
  body,
  contentType = FORM,
  authorization,
}: JsonForm): Readonly<Record<string, string | number>> {
  return {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body.open()),
    ...(authorization === undefined ? {} : { authorization: authorization.open() }),
  };
}

/** What could be set from outside is set here: proxies, connections kept, who is trusted, how much is read. */
function dial(
  url: URL,
  addresses: readonly string[],
  ca: string | undefined,
  form: JsonForm | undefined,
): ClientRequest {
  const host = hostOf(url);
  const options = {
    method: form === undefined ? 'GET' : 'POST',
    host,
    port: url.port,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...(form === undefined ? {} : headersOf(form)),
    },
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

function answerTo(outgoing: ClientRequest, form: JsonForm | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject);
    // A host that switches protocols neither answers nor fails.
    outgoing.once('close', () => reject(new Error('the connection ended without an answer')));
    outgoing.end(form?.body.open());
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

/** What the parser complains of is withheld, because it quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the answer is no JSON');
  }
}

async function bodyOf(answer: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  // None was asked for, and unpacked it could be of any size.
  if (answer.headers['content-encoding'] !== undefined) throw new Error('the answer is compressed');
  const value = parsed(new TextDecoder('utf-8', { fatal: true }).decode(await readCapped(answer)));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error('the answer is no JSON object');
  }
  return { ...value };
}

async function fetched(answer: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  if (answer.statusCode !== 200) throw new Error(`the answer has status ${answer.statusCode}`);
  return bodyOf(answer);
}

/** A refusal may say why, and need not. */
async function answered(answer: IncomingMessage): Promise<JsonAnswer> {
  const { statusCode: status = 0 } = answer;
  if (status === 200) return { status, value: await bodyOf(answer) };
  const isRefusal = status >= 400 && status < 500;
  const retryAfter = answer.headers['retry-after'];
  const value = isRefusal ? await bodyOf(answer).catch(() => undefined) : undefined;
  return { status, value, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

async function inWords(answer: IncomingMessage): Promise<TextAnswer> {
  const text = Buffer.from(await readCapped(answer)).toString('utf8');
  return { status: answer.statusCode ?? 0, text };
}

function createExchange(dependencies: JsonFetchDependencies) {
  const { allowLoopback, resolve = systemResolve, ca } = dependencies;
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = dependencies;
  const loopback = allowLoopback === 'listed' ? 'listed' : allowLoopback ? 'allowed' : 'refused';
  return async <Answer>(
    text: string,
    form: JsonForm | undefined,
    privateRanges: readonly string[],
    read: (answer: IncomingMessage) => Promise<Answer>,
  ): Promise<Answer> => {
    const url = new URL(text);
    assertAllowed(url, allowLoopback);
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const rules: AddressRules = { private: privateRanges, loopback };
    const addresses = await within(signal, addressesOf(url, rules, resolve));
    const outgoing = dial(url, addresses, ca, form);
    try {
      return await within(signal, answerTo(outgoing, form).then(read));
    } finally {
      // Also where time was up, or the answer refused half-way.
      outgoing.destroy();
    }
  };
}

export function createJsonFetch(dependencies: JsonFetchDependencies): JsonFetch {
  const exchange = createExchange(dependencies);
  return (url, privateRanges = []) => exchange(url, undefined, privateRanges, fetched);
}

export function createJsonSend(dependencies: JsonFetchDependencies): JsonSend {
  const exchange = createExchange(dependencies);
  return (url, form, privateRanges = []) => exchange(url, form, privateRanges, answered);
}

/** As `createJsonSend`, for hosts whose answer need not be JSON. */
export function createTextSend(
  dependencies: JsonFetchDependencies,
): (url: string, form: JsonForm) => Promise<TextAnswer> {
  const exchange = createExchange(dependencies);
  return (url, form) => exchange(url, form, [], inWords);
}
