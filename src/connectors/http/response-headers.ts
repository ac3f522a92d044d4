// Which of a target's headers come back to the agent, and under which name. None of them may speak for the broker.
import { withoutBlanks } from './blanks.ts';
import { canonicalName, isFieldName, isOfTheConnection, namedByConnection } from './field-name.ts';
import { type LinkBase, Links, rewrittenLinks } from './links.ts';
import { keptToTarget } from './set-cookie.ts';

type Headers = readonly (readonly [name: string, value: string])[];

export interface ReturnOptions extends LinkBase {
  readonly cookies: 'keep' | 'pass';
}

export interface Returned {
  /** In order, names in lower case; a name may stand there several times. */
  readonly headers: Headers;
  /** What the agent would have used and did not get: lower case, sorted, each once. */
  readonly withheld: readonly string[];
}

const MOST_BYTES = 32 * 1024;

/** The broker, or what stands in front of it, writes its own; the target's come under another name. */
const RENAMED: ReadonlySet<string> = new Set(['date', 'server', 'www-authenticate', 'cache-control']);

const LEFT_OUT: ReadonlySet<string> = new Set([
  // Of a body that may be masked, cut and packed anew.
  ...['content-length', 'content-encoding', 'content-range', 'accept-ranges', 'content-md5', 'digest'],
  ...['content-digest', 'repr-digest', 'x-goog-hash', 'x-ms-blob-content-md5', 'x-ms-content-crc64'],
  ...['x-checksum-md5', 'x-checksum-sha1', 'x-checksum-sha256', 'x-content-sha256', 'x-bz-content-sha1'],
  ...['x-cos-hash-crc64ecma', 'x-oss-hash-crc64ecma'],
  // Of a whole host, for browsers: the host is the broker.
  ...['strict-transport-security', 'alt-svc', 'clear-site-data', 'nel', 'report-to', 'reporting-endpoints'],
  ...['service-worker-allowed', 'expect-ct', 'refresh', 'content-security-policy', 'x-frame-options'],
  ...[
    'content-security-policy-report-only',
    'x-content-type-options',
    'referrer-policy',
    'permissions-policy',
  ],
  ...['origin-agent-cluster', 'x-xss-protection', 'x-permitted-cross-domain-policies', 'document-policy'],
  ...['sourcemap', 'x-sourcemap', 'speculation-rules', 'via'],
]);
const LEFT_OUT_TOO =
  // The first of them have a server in front answer with something else.
  /^(?:x-accel-|x-sendfile|x-reproxy-|x-lighttpd-send|bailiwick-|public-key-pins|x-amzn-|x-amz-checksum-|access-control-|cross-origin-|set-login$|set-cookie2$)/u;
/** By these, clients of AWS tell errors apart. */
const WANTED: ReadonlySet<string> = new Set(['x-amzn-errortype', 'x-amzn-query-error']);

/** Each is one URL, which clients follow. */
const URLS: ReadonlySet<string> = new Set([
  ...['location', 'content-location', 'operation-location', 'azure-asyncoperation', 'x-goog-upload-url'],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NOT_IN_A_VALUE = /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/gu;

const clean = (value: string): string => withoutBlanks(value.replace(NOT_IN_A_VALUE, ' '));

/** What becomes of one header: undefined where it is left out without a word. */
type Outcome =
  | { readonly name: string; readonly value: string; readonly isWhole: boolean }
  | 'withheld'
  | undefined;

class Returning {
  readonly #options: ReturnOptions;
  readonly #ofConnection: ReadonlySet<string>;
  #madeLinks: Links | undefined;

  constructor(headers: Headers, options: ReturnOptions) {
    this.#options = options;
    this.#ofConnection = namedByConnection(headers);
  }

  /** Most answers have no link in their headers. */
  get #links(): Links {
    this.#madeLinks ??= new Links(this.#options);
    return this.#madeLinks;
  }

  outcome(name: string, value: string): Outcome {
    if (!isFieldName(name)) return undefined;
    const canonical = canonicalName(name);
    if (isOfTheConnection(canonical) || this.#ofConnection.has(canonical)) return undefined;
    if (LEFT_OUT.has(canonical)) return undefined;
    if (LEFT_OUT_TOO.test(canonical) && !WANTED.has(canonical)) return undefined;
    if (RENAMED.has(canonical)) return { name: `bailiwick-target-${canonical}`, value, isWhole: true };
    if (canonical === 'set-cookie') return this.#cookie(value);
    if (URLS.has(canonical)) return found(name, this.#links.rewritten(withoutBlanks(value)));
    if (canonical === 'link') {
      const { value: links, isWhole } = rewrittenLinks(value, this.#links);
      return links === undefined ? (isWhole ? undefined : 'withheld') : { name, value: links, isWhole };
    }
    return { name, value, isWhole: true };
  }

  #cookie(value: string): Outcome {
    return this.#options.cookies === 'pass'
      ? found('set-cookie', keptToTarget(value, this.#links))
      : undefined;
  }
}

function found(name: string, value: string | undefined): Outcome {
  return value === undefined ? 'withheld' : { name, value, isWhole: true };
}

/** At most 32 KiB of them. The content type is the target's, which `maskedBody` may say anew. */
export function returnedHeaders(headers: Headers, options: ReturnOptions): Returned {
  const returning = new Returning(headers, options);
  const returned: (readonly [string, string])[] = [];
  const withheld = new Set<string>();
  let bytes = 0;
  for (const [name, value] of headers) {
    const outcome = returning.outcome(name, value);
    if (outcome === undefined) continue;
    const lower = name.toLowerCase();
    if (outcome === 'withheld') {
      withheld.add(lower);
      continue;
    }
    if (!outcome.isWhole) withheld.add(lower);
    const written = [outcome.name.toLowerCase(), clean(outcome.value)] as const;
    const size = written[0].length + written[1].length + ': \r\n'.length;
    if (bytes + size > MOST_BYTES) withheld.add(lower);
    else {
      bytes += size;
      returned.push(written);
    }
  }
  return { headers: returned, withheld: [...withheld].toSorted() };
}
