// An operation as it is sealed while people decide: all that it takes to carry it out, and no token.
import * as z from 'zod/mini';
import type { RequestFacts } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import { sigv4In } from '../connectors/http/index.ts';
import type { Json } from '../shared/json.ts';
import type { WantedCapability } from './plan-session.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { httpTarget, type WantedHttp } from './wanted-http.ts';

const pairs = z.array(z.tuple([z.string(), z.string()]));

const sealedHttp = z.object({
  target: z.string(),
  method: z.string(),
  path: z.string(),
  query: pairs,
  headers: pairs,
  /** In base64. */
  body: z.optional(z.string()),
  asExport: z.boolean(),
});

const sealedCredentials = z.array(
  z.object({
    capability: z.string(),
    parameters: z.optional(z.record(z.string(), z.string())),
  }),
);

/** What the broker itself heeds of a request's headers, though it does not pass them on. */
const HEEDED = ['range', 'if-range'];

/** Of its headers what goes on, so that neither its token nor what was dropped is kept. */
export function rawOfHttp(wanted: WantedHttp, { forwarded }: Pick<RecordedRequest, 'forwarded'>): Json {
  const { target, method, path, query, headers, body, asExport } = wanted;
  const heeded = headers.filter(([name]) => HEEDED.includes(name.toLowerCase()));
  return {
    ...{ target, method, path, asExport },
    query: query.map((pair) => [...pair]),
    headers: [...forwarded, ...heeded].map((pair) => [...pair]),
    ...(body === undefined ? {} : { body: Buffer.from(body).toString('base64') }),
  };
}

export function httpOfRaw(raw: Json): WantedHttp {
  const { body, ...rest } = z.parse(sealedHttp, raw);
  return { ...rest, body: body === undefined ? undefined : Buffer.from(body, 'base64') };
}

export function rawOfCredentials(wanted: readonly WantedCapability[]): Json {
  return wanted.map(({ capability, parameters }) => ({
    capability,
    ...(parameters === undefined ? {} : { parameters }),
  }));
}

export function credentialsOfRaw(raw: Json): readonly WantedCapability[] {
  return z.parse(sealedCredentials, raw).map(({ capability, parameters }) => ({
    capability,
    ...(parameters === undefined ? {} : { parameters }),
  }));
}

/** What is sealed: the operation, and what is known of the request that asked for it, which policies may look at. */
const sealed = z.object({ operation: z.any(), facts: z.any() });

export interface Sealed {
  readonly operation: Json;
  readonly facts: RequestFacts;
}

export function sealedOf(text: string): Sealed {
  return z.parse(sealed, JSON.parse(text)) as Sealed;
}

/** The target, and the one whose session signs its requests. */
export function targetsOf(config: Config, id: string): readonly string[] {
  const signing = sigv4In(httpTarget(config, id)?.inject ?? []);
  return signing === undefined ? [id] : [id, signing.target];
}
