// Which `Host` a request may name: a page of another site must not reach the broker through a name of its own.

const LOOPBACK = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127\.0\.0\.1|\[::1\])$/;
const WITH_PORT = /^(?<name>\[[0-9a-f:]+\]|[^:]+)(?::\d{1,5})?$/;

export function isHostAccepted(host: string | undefined, publicUrl: string): boolean {
  const name = WITH_PORT.exec(host?.toLowerCase() ?? '')?.groups?.['name'];
  if (name === undefined) return false;
  return LOOPBACK.test(name) || name === new URL(publicUrl).hostname;
}
