// The container-credentials endpoint: what AWS SDKs ask, on loopback, with a token that only this process's users know.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Secret } from '../../shared/secret.ts';
import { oneLine } from '../print/safe.ts';
import type { Issued } from './ask.ts';
import type { Trouble } from './trouble.ts';

const PATH = '/credentials';

/** A request is a line and a few headers; whoever takes longer over it is no SDK. */
const REQUEST_MILLISECONDS = 5000;

export interface EndpointParts {
  readonly token: Secret;
  readonly get: () => Promise<Issued | Trouble>;
}

type Refused = Pick<Trouble, 'status' | 'code' | 'message'>;

const OTHER_HOST: Refused = {
  status: 403,
  code: 'not_permitted',
  message: 'The Host header is not of this endpoint.',
};
const NO_TOKEN: Refused = {
  status: 401,
  code: 'unauthenticated',
  message: 'The Authorization header must be AWS_CONTAINER_AUTHORIZATION_TOKEN as it is.',
};
const NOT_FOUND: Refused = { status: 404, code: 'not_found', message: `There is nothing here but ${PATH}.` };
const NO_GET: Refused = { status: 405, code: 'method_not_allowed', message: 'This takes GET only.' };

/** Of hashes, so that neither the time it takes nor the length says anything about the token. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** The header's only value. */
function only(request: IncomingMessage, name: string): string | undefined {
  const values = request.headersDistinct[name] ?? [];
  return values.length === 1 ? values[0] : undefined;
}

/** Clients leave the port out where it is the one that http has anyway. */
export function isOwnHost(host: string | undefined, port: number | undefined): boolean {
  return host === `127.0.0.1:${port}` || (port === 80 && host === '127.0.0.1');
}

/** Who asks comes before what is asked: strangers learn nothing of what there is. */
function refusalOf(request: IncomingMessage, token: Secret): Refused | undefined {
  // Loopback alone keeps no browser out: a page's own name can be made to lead here. Its Host gives it away.
  if (!isOwnHost(only(request, 'host'), request.socket.localPort)) return OTHER_HOST;
  if (!isSame(only(request, 'authorization') ?? '', token.open())) return NO_TOKEN;
  if (request.url !== PATH) return NOT_FOUND;
  return request.method === 'GET' ? undefined : NO_GET;
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET' } : {}),
  });
  response.end(text);
}

/** Some SDKs read the one spelling, some the other. */
function refuse(response: ServerResponse, { status, code, message }: Refused): void {
  const said = oneLine(message);
  answer(response, status, { code, message: said, Code: code, Message: said });
}

function hand(response: ServerResponse, issued: Issued): void {
  answer(response, 200, {
    AccessKeyId: issued.accessKeyId,
    // The one place where they are opened: this answer, to whoever has the token.
    SecretAccessKey: issued.secretAccessKey.open(),
    Token: issued.sessionToken.open(),
    Expiration: issued.expiration.toISOString(),
  });
}

export function createEndpoint({ token, get }: EndpointParts): Server {
  return createServer(
    { requestTimeout: REQUEST_MILLISECONDS, headersTimeout: REQUEST_MILLISECONDS },
    (request, response) => {
      // Nobody sends a body with a GET; what is sent all the same is not kept.
      request.resume();
      const refused = refusalOf(request, token);
      if (refused !== undefined) {
        refuse(response, refused);
        return;
      }
      void get().then((got) => ('kind' in got ? refuse(response, got) : hand(response, got)));
    },
  );
}

export function endpointUrl(port: number): string {
  return `http://127.0.0.1:${port}${PATH}`;
}
