// Requests sent to servers on loopback, as to targets whose names resolve there.
import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { createOutbound, type OutboundDependencies } from '../../../../src/adapters/network/outbound.ts';
import type { NoAnswer, Origin, OutboundAnswer, OutboundRequest } from '../../../../src/ports/outbound.ts';
import { testClock } from '../../../support/clock.ts';
import { certificate, HOST } from './fetching.ts';
import { httpPort } from './servers.ts';

/** Long enough for whatever is to come, and never waited for. */
const PATIENT = 20_000;

export function outboundHere(options: Partial<OutboundDependencies> = {}) {
  const outbound = createOutbound({
    clock: testClock(),
    loopback: 'listed',
    resolve: async () => ['127.0.0.1'],
    ...options,
  });
  onTestFinished(() => outbound.close());
  return outbound;
}

export const originAt = (origin: string, more: Partial<Origin> = {}): Origin => ({
  target: 'tickets',
  origin,
  private: ['127.0.0.0/8'],
  ca: certificate.cert,
  ...more,
});

export const plainAt = (port: number) => originAt(`http://${HOST}:${port}`);

export const get = (to: Origin, more: Partial<OutboundRequest> = {}): OutboundRequest => ({
  to,
  method: 'GET',
  path: '/',
  query: [],
  headers: [],
  body: undefined,
  timeoutMilliseconds: PATIENT,
  mostBytes: 1_000_000,
  events: { milliseconds: PATIENT, bytes: 100_000 },
  mayRepeat: false,
  ...more,
});

/** What an answer's body says, or why there is none. */
export function textOf(result: OutboundAnswer | NoAnswer): string {
  return 'problem' in result ? `${result.problem}: ${result.detail}` : Buffer.from(result.body).toString();
}

/** What comes of asking a server that answers so. */
export async function answered(
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | ((response: ServerResponse) => void),
  more: Partial<OutboundRequest> = {},
) {
  const port = await httpPort((_, response) => {
    response.writeHead(200, headers);
    if (typeof body === 'function') body(response);
    else response.end(body);
  });
  return outboundHere().send(get(plainAt(port), more));
}
