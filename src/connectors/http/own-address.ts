// What clients say of the page that they are on: a target must not learn from it where the broker is, and of which task.
import { canonicalName } from './field-name.ts';

type Headers = readonly (readonly [name: string, value: string])[];

/** A task's id, wherever the broker may be. */
const TASK = /task_[0-9a-hjkmnp-tv-z]{26}/iu;

/** Without each `referer` and `origin` that is the broker's: by its public URL, or by what the request calls it. */
export function withoutOwnAddress(headers: Headers, publicUrl: string): Headers {
  const isOfPage = ([name]: Headers[number]) => /^(?:referer|origin)$/u.test(canonicalName(name));
  if (!headers.some(isOfPage)) return headers;
  const named = headers.flatMap(([name, value]) => (name.toLowerCase() === 'host' ? [value.trim()] : []));
  const hosts = [new URL(publicUrl).host, ...named];
  const isOwn = (page: URL) =>
    hosts.some((host) => URL.parse(`${page.protocol}//${host}`)?.host === page.host);
  return headers.filter((header) => {
    if (!isOfPage(header)) return true;
    const page = URL.parse(header[1].trim());
    return !TASK.test(header[1]) && (page === null || !isOwn(page));
  });
}
