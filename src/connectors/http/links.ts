// A target's links, as they lead through the broker: those below its base URL alone.
import { withoutBlanks } from './blanks.ts';

export interface LinkBase {
  /** The target's base URL. */
  readonly base: string;
  /** The request's path below it, encoded: `/tickets/42`. */
  readonly path: string;
  /** What stands for the base URL here. */
  readonly brokerBase: string;
}

/** Not by a pattern, which would look at slashes again and again. */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A header's bytes, which come as Latin-1, as a URL has them: most often UTF-8. */
function wellDecoded(value: string): string {
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

export class Links {
  readonly #here: URL;
  readonly #basePath: string;
  readonly #brokerBase: string;

  constructor({ base, path, brokerBase }: LinkBase) {
    const baseUrl = new URL(base);
    this.#basePath = withoutSlashes(baseUrl.pathname);
    this.#here = new URL(baseUrl.origin + this.#basePath + path);
    this.#brokerBase = withoutSlashes(brokerBase);
  }

  /** Of a reference, relative or not, its URL at the broker; undefined where it leads out of the base URL. */
  rewritten(reference: string): string | undefined {
    const decoded = wellDecoded(reference);
    const url = URL.canParse(decoded, this.#here.href) ? new URL(decoded, this.#here.href) : undefined;
    if (url === undefined || url.origin !== this.#here.origin) return undefined;
    if (url.username !== '' || url.password !== '' || /@/u.test(authorityOf(decoded))) return undefined;
    const rest = this.#below(url.pathname);
    return rest === undefined ? undefined : this.#brokerBase + rest + url.search + url.hash;
  }

  /** Of a cookie's path: where it would be sent to the target below its base URL, the path at the broker. */
  cookiePath(path: string | undefined): string | undefined {
    const broker = new URL(this.#brokerBase).pathname;
    // Without one it is for where the request was, and everything beside it.
    const given = path?.startsWith('/') === true ? path : this.#here.pathname.replace(/\/[^/]*$/u, '');
    const trimmed = withoutSlashes(given);
    if (`${this.#basePath}/`.startsWith(`${trimmed}/`)) return broker;
    const rest = this.#below(trimmed);
    return rest === undefined ? undefined : broker + rest;
  }

  #below(pathname: string): string | undefined {
    if (pathname === this.#basePath) return '';
    return pathname.startsWith(`${this.#basePath}/`) ? pathname.slice(this.#basePath.length) : undefined;
  }
}

/** Also where it is empty (`https://@host/`), which a URL that was read does not tell. */
function authorityOf(reference: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}([^/\\?#]*)/iu.exec(reference.trim())?.[1] ?? '';
}

interface LinkValue {
  readonly target: string;
  readonly parameters: string;
}

const PARAMETERS = /(?:[^",]|"(?:[^"\\]|\\.)*")*/uy;

/** RFC 8288, 3: `<uri>; rel="next", <uri>; …`. Undefined where it is not written so. */
function parseLinks(header: string): readonly LinkValue[] | undefined {
  const links: LinkValue[] = [];
  for (let at = 0; at < header.length; ) {
    if (/[ \t,]/u.test(header[at] ?? '')) {
      at += 1;
      continue;
    }
    const end = header[at] === '<' ? header.indexOf('>', at) : -1;
    if (end === -1) return undefined;
    PARAMETERS.lastIndex = end + 1;
    const parameters = PARAMETERS.exec(header)?.[0] ?? '';
    if (parameters !== '' && !/^[ \t]*(?:;|$)/u.test(parameters)) return undefined;
    links.push({ target: header.slice(at + 1, end), parameters: withoutBlanks(parameters) });
    at = end + 1 + parameters.length;
    if (at < header.length && header[at] !== ',') return undefined;
  }
  return links;
}

/** What its links are about, where that is not what was asked for: a URL, too. */
const ANCHOR = /;[ \t]*anchor\*?[ \t]*(?:=|;|$)/iu;

/** The links that lead to the broker; and whether there were others. */
export function rewrittenLinks(
  header: string,
  links: Links,
): { readonly value: string | undefined; readonly isWhole: boolean } {
  const parsed = parseLinks(header);
  if (parsed === undefined) return { value: undefined, isWhole: false };
  const kept = parsed.flatMap(({ target, parameters }) => {
    const url = ANCHOR.test(parameters) ? undefined : links.rewritten(withoutBlanks(target));
    return url === undefined ? [] : [`<${url}>${parameters}`];
  });
  return {
    value: kept.length === 0 ? undefined : kept.join(', '),
    isWhole: kept.length === parsed.length,
  };
}
