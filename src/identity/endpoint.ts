// Whether two URLs name the same endpoint: normalised as RFC 3986 has it (6.2.2, 6.2.3), without query and fragment.

/** What a URL may consist of. The parser would also take blanks, backslashes and more, and read them as something else. */
const URL_CHARACTERS = /^https?:\/\/(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/i;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** Characters that need no escape are the same without it; of the rest, the hex digits have no case. */
function normalisedEscapes(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
}

function normalised(url: string): string | undefined {
  if (!URL_CHARACTERS.test(url) || !URL.canParse(url)) return undefined;
  // The parser puts scheme and host into lower case, drops default ports and resolves dot segments.
  const { origin, pathname, username, password } = new URL(url);
  return username + password === '' ? `${origin}${normalisedEscapes(pathname)}` : undefined;
}

export function sameEndpoint(claimed: unknown, actual: string): boolean {
  const wanted = normalised(actual);
  return wanted !== undefined && typeof claimed === 'string' && normalised(claimed) === wanted;
}
