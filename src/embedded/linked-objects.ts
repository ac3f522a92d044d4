// GET /objects/…: answers the links that the embedded broker gives out, as S3 answers those of a deployed one.
import type { ObjectLinks } from '../adapters/embedded/object-links.ts';
import { type ApiResponse, logFault, problem, refusalOfFault } from '../api/index.ts';
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
  { method, path, query }: LinkRequest,
): Promise<ApiResponse | Refusal> {
  if (!METHODS.includes(method)) return OTHER_METHOD;
  const linked = links.read(path, query);
  const body = linked === undefined ? undefined : await objects.get(linked.key);
  if (linked === undefined || body === undefined) return NO_SUCH_LINK;
  // Also of HEAD, which the door sends no body for.
  const about = { 'content-type': linked.contentType, 'content-length': String(body.length) };
  return { status: 200, headers: { ...about, ...KEPT_APART }, body };
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
