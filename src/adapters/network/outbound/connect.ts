// Makes one connection to a target, to an address that was checked, or says why there is none.
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { inRanges } from '../../../shared/addresses.ts';
import { type AddressRules, addressProblem } from '../address-policy.ts';
import { AddressRefused, checkedAddresses, hostOf, lookupAmong, type Resolve } from '../resolve.ts';
import { tlsOptions } from '../tls.ts';
import { within } from '../within.ts';
import { CERTIFICATE_REFUSED, codeOf, refusesCertificate, refusesHandshake } from './alerts.ts';
import type { Heard } from './breaker.ts';
import { type NoConnection, unavailable } from './no-answer.ts';

export interface Place {
  readonly url: URL;
  readonly private: readonly string[];
  readonly loopback: AddressRules['loopback'];
  readonly resolve: Resolve;
  /** Whom to trust, and whom to be; undefined where plain http is spoken. */
  readonly secureContext: SecureContext | undefined;
}

class NotFound extends Error {}
class PlainOutside extends Error {}

const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'is for another name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'is for another name',
  CERT_REVOKED: 'is revoked',
};
const UNTRUSTED = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|INVALID_(CA|PURPOSE))/;
const TLS_FAILED = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

function isTimeUp(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function heardOf(error: unknown): Heard {
  // It was not even dialled.
  if (error instanceof AddressRefused || error instanceof PlainOutside) return 'unclear';
  return isTimeUp(error) ? 'silent' : 'away';
}

/** Which of the ways to fail it was, in words that hold no address. */
function detailOf(error: unknown, milliseconds: number): string {
  if (error instanceof AddressRefused)
    return `The target has an address that is not dialled (${error.problem}).`;
  if (error instanceof NotFound) return "The target's name was not found.";
  if (error instanceof PlainOutside) {
    return 'Plain http goes only to addresses that are listed under `private` for the target.';
  }
  if (isTimeUp(error)) {
    return `No connection to the target within ${milliseconds / 1000} s.`;
  }
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'The target refused the connection.';
  const fault = CERTIFICATE[code] ?? (UNTRUSTED.test(code) ? 'is not trusted' : undefined);
  if (fault !== undefined) return `The target's certificate ${fault}.`;
  if (refusesCertificate(error)) return CERTIFICATE_REFUSED;
  if (refusesHandshake(error)) {
    return 'No TLS could be agreed on with the target, which may want to see a client certificate.';
  }
  if (TLS_FAILED.test(code)) return 'No TLS could be agreed on with the target.';
  return 'The connection to the target could not be made.';
}

async function addressesOf(place: Place, rules: AddressRules): Promise<readonly string[]> {
  const addresses = await checkedAddresses(hostOf(place.url), rules, place.resolve).catch(
    (error: unknown) => {
      throw error instanceof AddressRefused
        ? error
        : new NotFound('the name was not found', { cause: error });
    },
  );
  const isPlain = place.secureContext === undefined;
  if (isPlain && !addresses.every((address) => inRanges(address, place.private))) throw new PlainOutside();
  return addresses;
}

function dial(place: Place, addresses: readonly string[]): Socket {
  const { url, secureContext } = place;
  const host = hostOf(url);
  const lookup = lookupAmong(addresses);
  const to = { host, lookup, noDelay: true };
  if (secureContext === undefined) return connectPlain({ ...to, port: Number(url.port || 80) });
  return connectTls({
    ...to,
    port: Number(url.port || 443),
    ...tlsOptions(host),
    secureContext,
    ALPNProtocols: ['http/1.1'],
  });
}

/** Once it stands, TLS and all. */
function ready(socket: Socket, rules: AddressRules, isTls: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once('connect', () => {
      const problem = addressProblem(socket.remoteAddress ?? '', rules);
      if (problem !== undefined) socket.destroy(new AddressRefused('the host', problem));
      else if (!isTls) resolve();
    });
    if (isTls) (socket as TLSSocket).once('secureConnect', resolve);
  });
}

export async function connect(place: Place, milliseconds: number): Promise<Socket | NoConnection> {
  const rules = { private: place.private, loopback: place.loopback };
  let socket: Socket | undefined;
  try {
    const signal = AbortSignal.timeout(milliseconds);
    socket = dial(place, await within(signal, addressesOf(place, rules)));
    // A connection may break in many ways at once, and only the first is asked for.
    socket.on('error', () => undefined);
    await within(signal, ready(socket, rules, place.secureContext !== undefined));
    return socket;
  } catch (error) {
    socket?.destroy();
    return { result: unavailable(detailOf(error, milliseconds)), heard: heardOf(error) };
  }
}
