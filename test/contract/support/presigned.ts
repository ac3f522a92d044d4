// Whether S3 would take a presigned URL: Signature Version 4 in a query, worked out anew from what AWS documents.
import { createHash, createHmac } from 'node:crypto';

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20130524T000000Z` as a moment. */
function momentOf(amzDate: string): number {
  return Date.parse(amzDate.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Of a GET: that the signature is right and not too old. `url` as it was requested, with the host that was asked. */
export function isSigned(url: URL, secretAccessKey: string, now: Date): boolean {
  const of = (name: string) => url.searchParams.get(name) ?? '';
  const pairs = [...url.searchParams].filter(([name]) => name !== 'X-Amz-Signature');
  const query = pairs
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonical = ['GET', url.pathname, query, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join(
    '\n',
  );
  const [, ...scope] = of('X-Amz-Credential').split('/');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const toSign = [of('X-Amz-Algorithm'), of('X-Amz-Date'), scope.join('/'), hash].join('\n');
  const key = scope.reduce(hmac, `AWS4${secretAccessKey}` as string | Buffer);
  const age = now.getTime() - momentOf(of('X-Amz-Date'));
  return (
    of('X-Amz-SignedHeaders') === 'host' &&
    hmac(key, toSign).toString('hex') === of('X-Amz-Signature') &&
    age >= 0 &&
    age < Number(of('X-Amz-Expires')) * 1000
  );
}
