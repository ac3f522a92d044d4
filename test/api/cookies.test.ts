// The cookies of the approval page: what a browser is told of them, and what is read of what it sends.
import { describe, expect, it } from 'vitest';
import { clearCookie, cookieOf, setCookie } from '../../src/api/cookies.ts';
import { Secret } from '../../src/shared/secret.ts';

const URL_HERE = 'https://bailiwick.example.com/live';
const VALUE = new Secret('v'.repeat(43));

const read = (lines: readonly string[], publicUrl = URL_HERE) =>
  cookieOf({ headerLines: lines.map((line) => ['Cookie', line] as const) }, 'session', publicUrl)?.open();

describe('what a browser is told', () => {
  it('is for this host alone, over TLS, for no script, and not for requests that others make', () => {
    const attributes = (seconds: number) => `; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`;
    const value = VALUE.open();
    expect(setCookie('session', VALUE, URL_HERE)).toBe(`__Host-bailiwick-session=${value}${attributes(900)}`);
    expect(setCookie('login', VALUE, URL_HERE)).toBe(`__Host-bailiwick-login=${value}${attributes(600)}`);
    expect(clearCookie('session', URL_HERE)).toBe(`__Host-bailiwick-session=${attributes(0)}`);
  });

  it.each(['http://127.0.0.1:8787', 'http://localhost:8787', 'http://[::1]:8787'])(
    'is not Secure on %s, where not every browser would take it',
    (publicUrl) => {
      const line = setCookie('login', VALUE, publicUrl);
      expect(line).toBe(`bailiwick-login-8787=${VALUE.open()}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax`);
    },
  );

  it.each([
    'http://bailiwick.example.com',
    'http://127.0.0.1.example.com',
    'http://10.0.0.1:8787',
    'https://127.0.0.1:8787',
    'https://localhost',
  ])('is Secure on %s', (publicUrl) => {
    expect(setCookie('login', VALUE, publicUrl)).toMatch(/^__Host-bailiwick-login=.*; Secure; /);
  });
});

describe('what a browser sends', () => {
  it.each([
    ['alone', ['__Host-bailiwick-session=a']],
    ['among others', ['x=y; __Host-bailiwick-session=a; bailiwick-session=b']],
    ['without blanks', ['x=y;__Host-bailiwick-session=a;z']],
    ['with many', ['  x = y ;   __Host-bailiwick-session = a\t']],
    ['in several lines', ['x=y', '__Host-bailiwick-session=a']],
    ['twice, and the same', ['__Host-bailiwick-session=a; __Host-bailiwick-session=a']],
  ])('is found %s', (_, lines) => {
    expect(read(lines)).toBe('a');
  });

  it.each([
    ['there is none', []],
    ['it is empty', ['__Host-bailiwick-session=']],
    ['it has no value', ['__Host-bailiwick-session']],
    ['two differ', ['__Host-bailiwick-session=a; __Host-bailiwick-session=b']],
    ['two differ in two lines', ['__Host-bailiwick-session=a', '__Host-bailiwick-session=b']],
    ['one of two is empty', ['__Host-bailiwick-session=a; __Host-bailiwick-session=']],
    ['its name is written otherwise', ['__host-bailiwick-session=a; __HOST-BAILIWICK-SESSION=a']],
    ['it lacks its prefix', ['bailiwick-session=a; bailiwick-session-443=a; __Secure-bailiwick-session=a']],
    ['it is another', ['__Host-bailiwick-login=a; __Host-bailiwick-session2=a']],
    ['it stands in the value of another', ['x="; y=__Host-bailiwick-session=a"']],
    ['commas part them', ['x=y, __Host-bailiwick-session=a']],
  ])('is none where %s', (_, lines) => {
    expect(read(lines)).toBeUndefined();
  });

  it('keeps what follows a second equals sign, and is of this port where ports share their cookies', () => {
    expect(read(['__Host-bailiwick-session=a=b'])).toBe('a=b');
    const lines = ['bailiwick-session-8787=a; bailiwick-session-8788=b; __Host-bailiwick-session=c'];
    expect(read(lines, 'http://127.0.0.1:8787')).toBe('a');
    expect(read(lines, 'http://127.0.0.1:80')).toBeUndefined();
  });

  it('is read of the lines that are cookies, whatever case their name has', () => {
    const headerLines = [
      ['x-cookie', '__Host-bailiwick-session=b'],
      ['COOKIE', '__Host-bailiwick-session=a'],
    ] as const;
    expect(cookieOf({ headerLines }, 'session', URL_HERE)?.open()).toBe('a');
  });
});
