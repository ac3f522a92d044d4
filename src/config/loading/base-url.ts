// Where an HTTP target is, as the operator writes it: in the one spelling that requests are built on, or what is wrong with it.
import { parsePath } from '../../connectors/http/index.ts';

export interface BaseUrl {
  readonly protocol: 'http:' | 'https:';
  /** Scheme, host, port and path, without a slash at its end. */
  readonly url: string;
}

/** Scheme, then who and where, then the path as it stands there: a `URL` would already have taken dots out of it. */
const PARTS = /^(https?):\/\/([^/\\?#\s]+)(\/[^?#]*)?([?#].*)?$/isu;

/** As a URL of `https://` or `http://` that holds nothing but scheme, host, port and path. */
export function parseBaseUrl(text: string): BaseUrl | { readonly problem: string } {
  const [, scheme = '', authority = '', rawPath = '/', more] = PARTS.exec(text) ?? [];
  if (scheme === '' || !URL.canParse(text)) {
    return { problem: 'must be a URL, as in `https://tickets.internal/api`' };
  }
  if (authority.includes('@'))
    return { problem: 'must not hold a user name or password: a credential belongs in the secret store' };
  if (more !== undefined)
    return { problem: 'must end with its path, without a query (?…) or a fragment (#…)' };
  const path = parsePath(rawPath === '/' ? '/' : rawPath.replace(/\/$/u, ''));
  if (path === undefined) {
    return {
      problem:
        'has a path that two servers could read in two ways: it must have no `//`, no `.` or `..` between slashes, ' +
        'no `\\` and no `;`, and none of these encoded',
    };
  }
  const { origin } = new URL(text);
  return {
    protocol: scheme.toLowerCase() === 'http' ? 'http:' : 'https:',
    url: path.segments.length === 0 ? origin : `${origin}${path.text}`,
  };
}

/** As a URL to post to, which may have a query. */
export function tokenUrlProblem(text: string): string | undefined {
  const [, , authority = ''] = PARTS.exec(text) ?? [];
  if (authority === '' || !URL.canParse(text))
    return 'must be a URL, as in `https://login.example.com/token`';
  if (authority.includes('@'))
    return 'must not hold a user name or password: a credential belongs in the secret store';
  return text.includes('#') ? 'must not have a fragment (#…)' : undefined;
}
