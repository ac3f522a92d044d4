// Which of an agent's headers go on to the target. What looks like a credential of its own does not.
import {
  canonicalName,
  isCredentialLike,
  isFieldName,
  isMisspelled,
  isOfTheConnection,
  namedByConnection,
} from './field-name.ts';
import { taskTokenIn } from './task-token.ts';
import { toldHeader } from './told.ts';

type Headers = readonly (readonly [name: string, value: string])[];

export interface ForwardOptions {
  /** Written by the broker for the target's credential; in lower case. */
  readonly injected: readonly string[];
  readonly cookies: 'keep' | 'pass';
  readonly taskToken: string;
}

export interface Forwarded {
  /** As they came, in order and in their own case; `accept` without the charsets in it. */
  readonly forwarded: Headers;
  /** What looked like a credential, or could not go on: lower case, sorted, each once. */
  readonly dropped: readonly string[];
}

/** Written by the broker itself, or meant for it. */
const OF_THE_BROKER: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'expect', 'accept-encoding', 'range', 'if-range', 'dpop', 'max-forwards'],
  // Else the agent could ask for one that nothing is masked in.
  'accept-charset',
  // Ranges under other names: a value that is masked could be had in pieces.
  ...['request-range', 'x-range', 'x-ms-range', 'x-ms-range-get-content-md5', 'x-goog-range', 'x-amz-range'],
  ...['unless-modified-since', 'a-im'],
  // Parts of a signature that is the agent's own.
  ...['x-amz-date', 'x-amz-content-sha256'],
]);

/** What proxies on the way say of who calls: the agent does not, and neither is it the target's to know. */
const OF_THE_WAY: ReadonlySet<string> = new Set([
  ...['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'true-client-ip', 'client-ip'],
  ...['x-originating-ip', 'x-original-forwarded-for', 'x-remote-ip', 'x-remote-addr', 'remote-addr'],
  ...[
    'cf-connecting-ip',
    'fastly-client-ip',
    'x-azure-clientip',
    'cdn-loop',
    'x-proxyuser-ip',
    'x-forwarded',
  ],
]);
const OF_THE_WAY_TOO = /^(?:bailiwick|x-forwarded|x-amzn|x-amz-cf|cloudfront|x-envoy)-/u;

/** Tab, and what Latin-1 can write: all that goes over the wire as it is. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/u;
/** What a task token ends in: after its prefix, whichever task's it is. */
const END_OF_TOKEN = /\.[\w-]{51}/u;

/** Shorter than any token's base64. */
const LEAST_ENCODED = 64;

function isAnyToken(value: string): boolean {
  return value.includes('bwt_') && END_OF_TOKEN.test(value);
}

type Verdict = 'forward' | 'leave out' | 'drop';

/** The characters of its base64 that do not depend on what stands beside it. */
function base64Of(token: string): readonly string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.from(' '.repeat(offset) + token, 'latin1').toString('base64');
    return text.slice(offset === 0 ? 0 : 4, -4);
  });
}

class Sorting {
  readonly #options: ForwardOptions;
  readonly #injected: ReadonlySet<string>;
  readonly #ofConnection: ReadonlySet<string>;
  /** Made for the first value that is long enough to hold one of them. */
  #encoded: readonly string[] | undefined;
  #hasContentType = false;

  constructor(headers: Headers, options: ForwardOptions) {
    this.#options = options;
    this.#injected = new Set(options.injected.map(canonicalName));
    this.#ofConnection = namedByConnection(headers);
  }

  verdict(name: string, value: string): Verdict {
    if (!isFieldName(name) || !VALUE.test(value)) return 'drop';
    const canonical = canonicalName(name);
    if (this.#isTokensOwn(canonical, value)) return 'leave out';
    if (this.#injected.has(canonical) || this.#holdsToken(value)) return 'drop';
    if (canonical === 'cookie') return this.#options.cookies === 'pass' ? 'forward' : 'drop';
    if (isOfTheConnection(canonical) || this.#ofConnection.has(canonical)) return 'leave out';
    if (OF_THE_BROKER.has(canonical) || OF_THE_WAY.has(canonical)) return 'leave out';
    // Before the ways of proxies: who it was that called is asserted in `x-forwarded-…`, too.
    if (isCredentialLike(canonical)) return /^(?:bailiwick|x-amzn)-/u.test(canonical) ? 'leave out' : 'drop';
    if (OF_THE_WAY_TOO.test(canonical)) return 'leave out';
    if (isMisspelled(name)) return 'drop';
    return canonical === 'content-type' ? this.#ofContentType() : 'forward';
  }

  /** One alone: of two, the target may read the other one than was judged. */
  #ofContentType(): Verdict {
    if (this.#hasContentType) return 'drop';
    this.#hasContentType = true;
    return 'forward';
  }

  #isTokensOwn(canonical: string, value: string): boolean {
    const { taskToken } = this.#options;
    if (taskToken === '') return false;
    if (canonical === 'authorization')
      return (
        taskTokenIn([['authorization', value]], undefined)?.token === taskToken || value.includes(taskToken)
      );
    return this.#injected.has(canonical) && value.includes(taskToken);
  }

  #holdsToken(value: string): boolean {
    const { taskToken } = this.#options;
    if ((taskToken !== '' && value.includes(taskToken)) || isAnyToken(value)) return true;
    if (value.length < LEAST_ENCODED) return false;
    const plain = value.replaceAll('-', '+').replaceAll('_', '/');
    this.#encoded ??= base64Of(taskToken).filter((one) => one !== '');
    return this.#encoded.some((encoded) => plain.includes(encoded));
  }
}

const CHARSET = /"(?:[^"\\]|\\.)*"?|;[ \t]*charset[ \t]*=[ \t]*(?:"(?:[^"\\]|\\.)*"?|[^;,"]*)/giu;

/** What stands in quotes is some other parameter's. */
function withoutCharsets(accept: string): string {
  let [before, rest] = ['', accept];
  // What is left of two may be one again.
  while (rest !== before) {
    before = rest;
    rest = rest.replace(CHARSET, (found) => (found.startsWith('"') ? found : ''));
  }
  return rest;
}

/** Whether a body is packed: what is in it is not what is read here. */
export function isEncoded(headers: Headers): boolean {
  return headers.some(([name, value]) => {
    if (canonicalName(name) !== 'content-encoding') return false;
    const codings = value.split(',').map((one) => one.trim().toLowerCase());
    return codings.some((coding) => !['', 'identity'].includes(coding));
  });
}

export function forwardedHeaders(headers: Headers, options: ForwardOptions): Forwarded {
  const sorting = new Sorting(headers, options);
  const forwarded: (readonly [string, string])[] = [];
  const dropped = new Set<string>();
  for (const [name, value] of headers) {
    const verdict = sorting.verdict(name, value);
    const isAccept = canonicalName(name) === 'accept';
    if (verdict === 'forward') forwarded.push([name, isAccept ? withoutCharsets(value) : value]);
    else if (verdict === 'drop') dropped.add(toldHeader(name));
  }
  return { forwarded, dropped: [...dropped].toSorted() };
}
