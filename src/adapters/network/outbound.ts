// Sends one HTTP request to a target, on a connection to an address that was checked.
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import tls, { type SecureContext } from 'node:tls';
import type { Clock } from '../../ports/clock.ts';
import type { ClientCertificate, NoAnswer, Origin, Outbound, OutboundRequest } from '../../ports/outbound.ts';
import type { AddressRules } from './address-policy.ts';
import { type BreakerSettings, createBreaker, type Heard } from './outbound/breaker.ts';
import { connect } from './outbound/connect.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, Connections } from './outbound/connections.ts';
import { type Exchange, type Exchanged, exchangeOn } from './outbound/exchange.ts';
import { failed, unavailable } from './outbound/no-answer.ts';
import { draftOf, type Wire, wireOf } from './outbound/wire.ts';
import { type Resolve, systemResolve } from './resolve.ts';

export interface OutboundDependencies {
  /** For how long a target is left alone. */
  readonly clock: Clock;
  readonly loopback: AddressRules['loopback'];
  readonly resolve?: Resolve;
  readonly breaker?: BreakerSettings;
  /** For the name's resolution, the connection and TLS. */
  readonly connectMilliseconds?: number;
  readonly connections?: Partial<ConnectionLimits>;
}

export interface ClosableOutbound extends Outbound {
  /** Closes what is idle. */
  close(): void;
}

const CONNECT_MILLISECONDS = 5000;

/** What is known of one origin. */
interface Site {
  readonly url: URL;
  /** By the client certificate that they were made with, which is one at a time. */
  connections: { readonly name: string; readonly pool: Connections } | undefined;
}

function siteOf({ origin }: Origin): Site {
  const url = new URL(origin);
  if (!/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new TypeError('an origin is scheme, host and port, and nothing else');
  }
  return { url, connections: undefined };
}

const names = new WeakMap<ClientCertificate, string>();

function nameOf(shown: ClientCertificate | undefined): string {
  if (shown === undefined) return '';
  const known = names.get(shown);
  if (known !== undefined) return known;
  const { certificate, key } = shown;
  const name = createHash('sha256')
    .update(JSON.stringify([certificate.open(), key.open()]))
    .digest('base64');
  names.set(shown, name);
  return name;
}

class Mismatch extends Error {}

/** OpenSSL itself takes a key of another kind than the certificate's without a word. */
function checkPair({ certificate, key }: ClientCertificate): void {
  const isPair = new X509Certificate(certificate.open()).checkPrivateKey(createPrivateKey(key.open()));
  if (!isPair) throw new Mismatch('the key is not the one of the certificate');
}

/** Node's own list, with what its environment adds to it; Node 22.14 and before can tell only the list. */
function publicAuthorities(): readonly string[] {
  const { getCACertificates }: Partial<typeof tls> = tls;
  return getCACertificates?.('default') ?? tls.rootCertificates;
}

function secureContextOf({ ca, caBeside }: Origin, shown: ClientCertificate | undefined): SecureContext {
  if (shown !== undefined) checkPair(shown);
  return tls.createSecureContext({
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca: caBeside === true ? [...publicAuthorities(), ca] : ca }),
    ...(shown === undefined ? {} : { cert: shown.certificate.open(), key: shown.key.open() }),
  });
}

async function written(request: OutboundRequest, host: string): Promise<Wire | NoAnswer> {
  const { method, body, sign } = request;
  let draft = draftOf(request);
  if (sign !== undefined && !('problem' in draft)) {
    const { signed } = await import('./outbound/sign.ts');
    draft = await signed({ draft, method, host, body }, sign);
  }
  return 'problem' in draft ? draft : wireOf(draft, host, method, body);
}

/** A connection that was kept may have been closed at the other end just as it was taken: then once more, on a new one. */
async function deliver(pool: Connections, exchange: Exchange, mayRepeat: boolean): Promise<Exchanged> {
  const first = await pool.take(exchange.until, false);
  if ('result' in first) return { ...first, anything: false };
  const { wasFree } = first;
  const exchanged = await exchangeOn(first, exchange);
  const { result, anything } = exchanged;
  const isLost = wasFree && !anything && 'problem' in result && result.problem === 'failed';
  if (!mayRepeat || !isLost || performance.now() >= exchange.until) return exchanged;
  const second = await pool.take(exchange.until, true);
  // The first may have arrived.
  if ('result' in second) return { ...second, result: failed(second.result.detail), anything: false };
  return exchangeOn(second, exchange);
}

/** Origins, for as long as somebody has them, and their connections. */
function createSites(dependencies: OutboundDependencies) {
  const { loopback, resolve = systemResolve, connectMilliseconds = CONNECT_MILLISECONDS } = dependencies;
  const limits = { ...CONNECTION_LIMITS, ...dependencies.connections };
  const sites = new WeakMap<Origin, Site>();
  const pools = new Set<WeakRef<Connections>>();

  function siteAt(to: Origin): Site {
    const site = sites.get(to) ?? siteOf(to);
    sites.set(to, site);
    return site;
  }

  function poolFor(to: Origin, shown: ClientCertificate | undefined): Connections {
    const site = siteAt(to);
    const name = nameOf(shown);
    if (site.connections?.name === name) return site.connections.pool;
    const { url } = site;
    const secureContext = url.protocol === 'http:' ? undefined : secureContextOf(to, shown);
    const place = { url, private: to.private, loopback, resolve, secureContext };
    const pool = new Connections((milliseconds) => connect(place, milliseconds), connectMilliseconds, limits);
    // Another certificate: what the one before opened is not for this one to use.
    site.connections?.pool.retire();
    site.connections = { name, pool };
    pools.add(new WeakRef(pool));
    return pool;
  }

  return {
    siteAt,
    poolFor,
    retire() {
      for (const pool of pools) pool.deref()?.retire();
    },
  };
}

export function createOutbound(dependencies: OutboundDependencies): ClosableOutbound {
  const breaker = createBreaker(dependencies.clock, dependencies.breaker);
  const { siteAt, poolFor, retire } = createSites(dependencies);

  async function sendWritten(
    wire: Wire,
    request: OutboundRequest,
    times: Omit<Exchange, 'wire' | 'asked'>,
  ): Promise<Exchanged> {
    let pool: Connections;
    try {
      pool = poolFor(request.to, request.clientCertificate);
    } catch (error) {
      const detail =
        error instanceof Mismatch
          ? "The target's client certificate and its key do not belong together."
          : "The target's CA, or its client certificate and key, cannot be read as PEM.";
      return { result: unavailable(detail), heard: 'unclear', anything: false };
    }
    return deliver(pool, { wire, asked: request, ...times }, request.mayRepeat);
  }

  return {
    async send(request) {
      const began = performance.now();
      const { to } = request;
      const wire = await written(request, siteAt(to).url.host);
      if ('problem' in wire) return wire;
      const entry = breaker.enter(to.target);
      if ('retryAfterSeconds' in entry) {
        const { retryAfterSeconds } = entry;
        return unavailable('The target did not answer lately, and is left alone for a while.', {
          retryAfterSeconds,
        });
      }
      let heard: Heard = 'unclear';
      const onAnswer = () => entry.tell('answered');
      const times = { began, until: began + request.timeoutMilliseconds, onAnswer };
      try {
        const exchanged = await sendWritten(wire, request, times);
        heard = exchanged.heard;
        return exchanged.result;
      } finally {
        entry.tell(heard);
      }
    },
    close: retire,
  };
}
