// The config that the black-box tests are written against, with the servers in it where they are in this run.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST, LOGIN_ISSUER, type Place, PORTS } from './place.ts';

const BYPASS = new URL('../../../cases/http/bypass/', import.meta.url);

export interface Address {
  readonly baseUrl: string;
  readonly private?: readonly string[];
  /** Refused with the operator's files, or only when it is called. */
  readonly refused: 'check' | 'call';
  readonly why: string;
}

/** Addresses that no target may be at. `CANARY` stands for the port of a server that nobody may reach. */
export function addresses(): readonly (Address & { readonly id: string })[] {
  const text = readFileSync(new URL('addresses.json', BYPASS), 'utf8');
  const all = JSON.parse(text) as readonly Address[];
  return all.map((one, place) => ({ ...one, id: `address-${place + 1}` }));
}

export function addressTarget(id: string, { baseUrl, private: ranges }: Address, canary: number): string {
  const connection = { baseUrl: baseUrl.replaceAll('CANARY', String(canary)), private: ranges };
  const target = {
    ...{ id, kind: 'http', environment: 'staging', sensitivity: 'internal' },
    owner: { team: 'Quality', email: 'quality@example.com' },
    connection,
    secret: 'e2e/tickets',
    inject: { bearer: '${secret.token}' },
    capabilities: { read: { effect: 'read', routes: ['GET /{page...}'] } },
  };
  // JSON is YAML.
  return `${JSON.stringify(target, null, 2)}\n`;
}

/** For all that is refused only when it is called, a target each, and an agent that may call them. */
function writeAddresses(config: string, canary: number): void {
  const called = addresses().filter(({ refused }) => refused === 'call');
  for (const one of called) {
    writeFileSync(join(config, 'targets', `${one.id}.yaml`), addressTarget(one.id, one, canary));
  }
  const agent = {
    id: 'prober',
    owner: { team: 'Quality', email: 'quality@example.com', people: ['sam@example.com'] },
    purpose: 'Go where nobody may go',
    environment: 'staging',
    identities: [{ issuer: 'https://ci.example.com', claims: { sub: 'prober' } }],
    capabilities: called.map(({ id }) => `${id}:read`),
  };
  writeFileSync(join(config, 'agents', 'prober.yaml'), `${JSON.stringify(agent, null, 2)}\n`);
}

/** Of what is under `/untrusted` the config does not say who signed the certificate. */
const BASE_URL = /baseUrl: "(https?:\/\/[^"]*)"/g;

function placeLogin(config: string, { host, login }: Place): void {
  for (const file of [
    'broker.yaml',
    ...readdirSync(join(config, 'agents')).map((name) => join('agents', name)),
  ]) {
    const path = join(config, file);
    const text = readFileSync(path, 'utf8').replaceAll(LOGIN_ISSUER, login);
    writeFileSync(path, text.replaceAll(HOST, host));
  }
}

/** Changes a copy of the config. */
export function placeConfig(config: string, place: Place): void {
  const { host, ports, server, elsewhere } = place;
  placeLogin(config, place);
  const names = Object.keys(PORTS) as (keyof typeof PORTS)[];
  const placed = (text: string) =>
    names
      .reduce((all, name) => all.replaceAll(`:${PORTS[name]}/`, `:${ports[name]}/`), text)
      .replaceAll(HOST, host);
  const ca = JSON.stringify(server.cert + elsewhere.cert);
  for (const file of readdirSync(join(config, 'targets'))) {
    const path = join(config, 'targets', file);
    const text = placed(readFileSync(path, 'utf8'));
    const trusting = text.replace(BASE_URL, (written, url: string) =>
      !url.startsWith('https:') || url.endsWith('/untrusted')
        ? written
        : `${written}${text.includes('connection: {') ? ',' : '\n '} ca: ${ca}`,
    );
    writeFileSync(path, trusting);
  }
  writeAddresses(config, ports.canary);
}
