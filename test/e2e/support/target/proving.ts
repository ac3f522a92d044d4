// Pages that look at how the caller proves itself: by a key that is changed, by OAuth, by a signature.
import { createHash } from 'node:crypto';
import { type Asked, json, type Page, type Pages } from './answers.ts';
import { headerOf } from './seen.ts';

/** What is known of keys and tokens; tests change it by the control port. */
export interface Proofs {
  /** The one that `/rotating` takes. */
  key: string;
  /** Tokens that were issued and are still taken, with how often each was shown. */
  readonly tokens: Map<string, number>;
  issued: number;
}

export const newProofs = (key: string): Proofs => ({ key, tokens: new Map(), issued: 0 });

const refuse: Page = (_, response) => {
  response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer' });
  response.end('{"error":"unauthorized"}');
};

function rotating(proofs: Proofs): Page {
  return (asked, response) => {
    if (headerOf(asked, 'x-key') !== proofs.key) return refuse(asked, response);
    json(response, { path: asked.path, taken: true });
  };
}

/** RFC 6749, 4.4. */
function token(proofs: Proofs): Page {
  return ({ bytes, place, ...asked }, response) => {
    const { id, secret } = place.secrets['e2e/by-oauth'] ?? {};
    const form = new URLSearchParams(Buffer.from(bytes).toString());
    const basic = Buffer.from(`${encodeURIComponent(id ?? '')}:${encodeURIComponent(secret ?? '')}`);
    const proven =
      headerOf(asked, 'authorization') === `Basic ${basic.toString('base64')}` ||
      (form.get('client_id') === id && form.get('client_secret') === secret);
    if (!proven || form.get('grant_type') !== 'client_credentials') {
      return json(response, { error: 'invalid_client' }, 401);
    }
    proofs.issued += 1;
    const issued = `oauth-token-${proofs.issued}-${createHash('sha256').update(`${secret}${proofs.issued}`).digest('hex')}`;
    proofs.tokens.set(issued, 0);
    json(response, {
      access_token: issued,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: form.get('scope'),
    });
  };
}

/** Takes tokens that it issued, until a test has them forgotten. */
function guarded(proofs: Proofs): Page {
  return (asked, response) => {
    const [, shown = ''] = /^Bearer (\S+)$/.exec(headerOf(asked, 'authorization') ?? '') ?? [];
    const times = proofs.tokens.get(shown);
    if (times === undefined) return refuse(asked, response);
    proofs.tokens.set(shown, times + 1);
    json(response, { path: asked.path, token: shown });
  };
}

const hash = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

/** What of a Signature Version 4 does not add up; the key that signed is not known here. */
function signatureProblem(asked: Asked): string | undefined {
  const authorization = headerOf(asked, 'authorization') ?? '';
  const shape =
    /^AWS4-HMAC-SHA256 Credential=([\w/-]+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, credential = '', signed = ''] = shape.exec(authorization) ?? [];
  if (credential === '') return 'no signature';
  const names = signed.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-security-token']) {
    if (!names.includes(name)) return `${name} is not signed`;
  }
  const [, day, region, service, last] = credential.split('/');
  const date = headerOf(asked, 'x-amz-date') ?? '';
  if (day !== date.slice(0, 8) || last !== 'aws4_request') return `the scope is ${credential}`;
  if (region !== 'eu-west-1' || service !== 'execute-api') return `the scope is ${credential}`;
  const content = headerOf(asked, 'x-amz-content-sha256');
  return content === undefined || content === hash(asked.bytes) ? undefined : 'the body is another one';
}

const aws: Page = (asked, response) => {
  const problem = signatureProblem(asked);
  if (problem !== undefined) return json(response, { message: problem }, 403);
  const [, id] = /Credential=([^/]+)/.exec(headerOf(asked, 'authorization') ?? '') ?? [];
  json(response, { id, path: asked.path, query: asked.query, size: asked.size });
};

export const proving = (proofs: Proofs): Pages => [
  [/^\/rotating(\/.*)?$/, rotating(proofs)],
  [/^\/oauth\/token$/, token(proofs)],
  [/^\/guarded(\/.*)?$/, guarded(proofs)],
  [/^\/aws(\/.*)?$/, aws],
];
