// Where people log in: the provider that test/e2e/config trusts, at the address of this run.
import type { JsonWebKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type OidcProvider, startOidcProvider } from '../../../support/oidc-provider.ts';
import type { Place } from './place.ts';

const KEY = new URL('../keys/test-only-login.json', import.meta.url);
const COMPANY = { email_verified: true, hd: 'example.com' };

/** By the names that tests call them by: what the provider says of them. */
export const AT_LOGIN = {
  ann: { ...COMPANY, email: 'ann@example.com', name: 'Ann', groups: ['desk-owners'] },
  ben: { ...COMPANY, email: 'ben@example.com', name: 'Ben', groups: ['desk-owners'] },
  owen: { ...COMPANY, email: 'owen@example.com', name: 'Owen', groups: ['desk-owners'] },
  ida: { ...COMPANY, email: 'ida@example.com', name: 'Ida', groups: ['desk-owners'] },
  // Asks for what agents do, and is an owner like the others.
  rita: { ...COMPANY, email: 'rita@example.com', name: 'Rita', groups: ['desk-owners'] },
  // One of the house, who owns nothing.
  kim: { ...COMPANY, email: 'kim@example.com', name: 'Kim', groups: ['security'] },
} as const;

export type AtLogin = keyof typeof AT_LOGIN;

const CALLBACK = '/approve/login/callback';

export function startLogin({ login, ports, atLogin, secrets }: Place): Promise<OidcProvider> {
  return startOidcProvider({
    client: {
      clientId: 'bailiwick-pages',
      clientSecret: secrets['e2e/login']?.['clientSecret'] ?? '',
      redirectUris: [`https://bailiwick.example.com${CALLBACK}`],
    },
    people: AT_LOGIN,
    asks: true,
    key: JSON.parse(readFileSync(KEY, 'utf8')) as JsonWebKey & { kid: string },
    ...(login.startsWith('https:') ? { tls: atLogin } : {}),
    port: ports.login,
  });
}
