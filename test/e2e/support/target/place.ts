// Where the servers are that the broker calls in black-box tests, what they prove themselves with, and the secrets they know.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { type Certificate, selfSigned } from '../../../adapters/network/support/certificate.ts';

/** The address and the ports as the files in test/e2e/config name them. */
export const HOST = '198.51.100.1';
/** Of those who prove agents and people, as those files name it. */
export const LOGIN_ISSUER = 'https://login.example.com';

export const PORTS = {
  ...{ https: 44300, http: 44301, mutual: 44302 },
  ...{ canary: 44303, nobody: 44304, elsewhere: 44305, login: 44306 },
} as const;

export type Ports = Readonly<Record<keyof typeof PORTS, number>>;
export type SecretValues = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Place {
  /** The address that the servers listen on. */
  readonly host: string;
  readonly ports: Ports;
  /** The issuer at which people log in: over https for a broker that takes no other. */
  readonly login: string;
  /** Of the servers, for that address alone. It is its own authority. */
  readonly server: Certificate;
  /** Of where people log in. A deployed broker trusts it as it trusts everybody's authorities, and so not the others. */
  readonly atLogin: Certificate;
  /** Of one of them, for a name that it is not called by. */
  readonly elsewhere: Certificate;
  /** Of the broker, where a server asks who calls. */
  readonly client: Certificate;
  /** By their names in the store of secrets. */
  readonly secrets: SecretValues;
}

/** Never the same, and with what is written in another way in a URL, in JSON, in HTML and in base64. */
const fresh = (name: string, odd = '') => `${name}-${randomBytes(18).toString('hex')}${odd}`;

function secretsFor(client: Certificate): SecretValues {
  return {
    'e2e/tickets': { token: fresh('tickets') },
    'e2e/lab': { key: fresh('lab', '/+"<&~=?'), second: fresh('second') },
    'e2e/by-query': { key: fresh('query', '&a=b %/+') },
    'e2e/by-basic': { username: 'broker', password: fresh('basic', ':ü') },
    'e2e/by-oauth': { id: 'e2e-client', secret: fresh('oauth') },
    'e2e/rotating': { key: fresh('first') },
    'e2e/hub': { token: fresh('hub') },
    'e2e/models': { key: fresh('models') },
    'e2e/login': { clientSecret: fresh('login') },
    'e2e/mutual': { certificate: client.cert, key: client.key },
  };
}

async function freePorts<Name extends string>(
  names: readonly Name[],
  host: string,
): Promise<Record<Name, number>> {
  const servers = names.map((name) => ({ name, server: createServer().listen(0, host) }));
  await Promise.all(servers.map(({ server }) => once(server, 'listening')));
  const found = servers.map(({ name, server }) => [name, (server.address() as AddressInfo).port]);
  await Promise.all(servers.map(({ server }) => once(server.close(), 'close')));
  return Object.fromEntries(found) as Record<Name, number>;
}

/** Where functions are processes of this machine, they reach it by loopback too, since these targets list that range. */
export async function choosePlace(loginBy: 'http' | 'https' = 'http'): Promise<Place> {
  const host = '127.0.0.1';
  const ports = await freePorts(Object.keys(PORTS) as (keyof typeof PORTS)[], host);
  const client = selfSigned({ names: ['broker.example.com'] });
  return {
    ...{ host, ports, login: `${loginBy}://${host}:${ports.login}` },
    server: selfSigned({ addresses: [host] }),
    atLogin: selfSigned({ addresses: [host] }),
    elsewhere: selfSigned({ names: ['elsewhere.example.com'] }),
    client,
    secrets: secretsFor(client),
  };
}

/** For the process that starts the servers, where that is another. */
export function writePlace(file: string, place: Place): void {
  writeFileSync(file, JSON.stringify(place), { mode: 0o600 });
}

export const readPlace = (file: string): Place => JSON.parse(readFileSync(file, 'utf8')) as Place;
