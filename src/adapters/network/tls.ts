// What holds for every TLS connection that is dialled, whatever the environment says.
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

export function tlsOptions(host: string): ConnectionOptions {
  return {
    // A certificate is for the name without the dot that ends it.
    servername: isIP(host) === 0 ? host.replace(/\.$/, '') : '',
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  };
}
