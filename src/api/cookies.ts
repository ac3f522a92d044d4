// The two cookies that the approval page gives a browser: for a login that is under way, and for who has logged in.
import { LOGIN_SECONDS, SESSION_SECONDS } from '../broker/index.ts';
import { Secret } from '../shared/secret.ts';
import type { ApiRequest } from './http.ts';

export type CookieUse = 'login' | 'session';

const SECONDS: Readonly<Record<CookieUse, number>> = { login: LOGIN_SECONDS, session: SESSION_SECONDS };
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/** Not every browser takes a secure cookie over plain http, be it on the same machine: Safari does not. */
function isPlainLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && LOOPBACK.test(hostname);
}

/** On one machine all ports share their cookies, so each broker there has names of its own. */
function nameOf(use: CookieUse, publicUrl: URL): string {
  const name = `bailiwick-${use}`;
  return isPlainLoopback(publicUrl) ? `${name}-${publicUrl.port || '80'}` : `__Host-${name}`;
}

/** A line of `Set-Cookie`. Lax: a link in a mail, and the provider, send the browser here from elsewhere. */
export function setCookie(use: CookieUse, value: Secret, publicUrl: string): string {
  return lineOf(use, value.open(), SECONDS[use], publicUrl);
}

export function clearCookie(use: CookieUse, publicUrl: string): string {
  return lineOf(use, '', 0, publicUrl);
}

function lineOf(use: CookieUse, value: string, seconds: number, publicUrl: string): string {
  const url = new URL(publicUrl);
  const secure = isPlainLoopback(url) ? [] : ['Secure'];
  const all = [`${nameOf(use, url)}=${value}`, 'Path=/', `Max-Age=${seconds}`, 'HttpOnly', ...secure];
  return [...all, 'SameSite=Lax'].join('; ');
}

/** Names have case; blanks around them and around values do not count. */
function pairsIn(line: string): readonly (readonly [string, string])[] {
  return line.split(';').flatMap((pair) => {
    const border = pair.indexOf('=');
    return border < 0 ? [] : [[pair.slice(0, border).trim(), pair.slice(border + 1).trim()] as const];
  });
}

/**
 * The cookie as the browser sent it. Two of the name that differ count as none: a browser has one of them, and
 * somebody else wrote the other.
 */
export function cookieOf(
  { headerLines }: Pick<ApiRequest, 'headerLines'>,
  use: CookieUse,
  publicUrl: string,
): Secret | undefined {
  const wanted = nameOf(use, new URL(publicUrl));
  const values = headerLines
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, line]) => pairsIn(line))
    .filter(([name]) => name === wanted)
    .map(([, value]) => value);
  const [value = '', ...others] = new Set(values);
  return value === '' || others.length > 0 ? undefined : new Secret(value);
}
