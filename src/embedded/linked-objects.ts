// GET /objects/…: answers the links that the embedded broker gives out, as S3 answers those of a deployed one.
import type { ObjectLinks } from '../adapters/embedded/object-links.ts';
import { type ApiResponse, logFault, problem, refusalOfFault } from '../api/index.ts';
import { rangeOf } from '../connectors/http/index.ts';
import type { Log } from '../ports/log.ts';
import type { Objects } from '../ports/objects.ts';
import { Refusal } from '../shared/errors.ts';

export interface LinkedObjectsDependencies {
  readonly objects: Pick<Objects, 'get'>;
  readonly links: Pick<ObjectLinks, 'read'>;
  readonly log: Log;
}

export interface LinkRequest {
  readonly method: string;
  /** As it was sent, without its query. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** As the request has them. */
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly requestId: string;
}

export type LinkedObjects = (request: LinkRequest) => Promise<ApiResponse>;

/** The link is all the proof there is: what is wrong with one is told to nobody. */
const NO_SUCH_LINK = new Refusal(
  'not_found',
  'There is no such link, or it holds no longer. Repeat the request that gave it.',
);

const METHODS = ['GET', 'HEAD'];
const OTHER_METHOD = new Refusal('method_not_allowed', `This path takes ${METHODS.join(', ')}.`, {
  allow: METHODS,
});

/** What a target sent must not become a page of the broker's own, whatever its type. */
const KEPT_APART = { 'content-disposition': 'attachment', 'content-security-policy': 'sandbox' };

async function find(
  { objects, links }: LinkedObjectsDependencies,
  { method, path, query, range, ifRange }: LinkRequest,
): Promise<ApiResponse | Refusal> {
  if (!METHODS.includes(method)) return OTHER_METHOD;
  const linked = links.read(path, query);
  const body = linked === undefined ? undefined : await objects.get(linked.key);
  if (linked === undefined || body === undefined) return NO_SUCH_LINK;
  const whole = { 'content-type': linked.contentType, 'accept-ranges': 'bytes', ...KEPT_APART };
  // It has no tag of its own: with another's a range is of something else.
  const asked = method === 'GET' ? rangeOf(range, ifRange, undefined, body.length) : undefined;
  if (asked?.status === 416) {
    const headers = { ...whole, 'content-range': `bytes */${body.length}` };
    return { status: 416, headers, body: new Uint8Array() };
  }
  // Also of HEAD, which the door sends no body for.
  if (asked === undefined) {
    return { status: 200, headers: { ...whole, 'content-length': String(body.length) }, body };
  }
  const { start, end } = asked;
  const headers = { ...whole, 'content-range': `bytes ${start}-${end}/${body.length}` };
  return { status: 206, headers, body: body.subarray(start, end + 1) };
}

export function linkedObjects(dependencies: LinkedObjectsDependencies): LinkedObjects {
  return async (request) => {
    const { requestId } = request;
    try {
      const found = await find(dependencies, request);
      return found instanceof Refusal ? problem(found, requestId) : found;
    } catch (fault) {
      logFault(dependencies.log, fault, requestId);
      return problem(refusalOfFault(fault), requestId);
    }
  };
}
