// What everyone may read: health, the OpenAPI document, and where tokens come from.
import type { Config } from '../../config/index.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { openApiDocument } from '../openapi.ts';
import { ROUTES } from '../routes.ts';

export function healthEndpoint(): Endpoint {
  return endpoint({ route: ROUTES.health, run: async () => ({ status: 'ok' }) });
}

export function openApiEndpoint(publicUrl: () => Promise<string>): Endpoint {
  return endpoint({ route: ROUTES.openApi, run: async () => openApiDocument(await publicUrl()) });
}

export function protectedResourceEndpoint(
  publicUrl: () => Promise<string>,
  config: () => Promise<Config>,
): Endpoint {
  return endpoint({
    route: ROUTES.protectedResource,
    run: async () => {
      const { issuers } = (await config()).broker;
      return {
        resource: await publicUrl(),
        // The demo issuer is no authorization server: it has no address.
        authorization_servers: issuers.map(({ issuer }) => issuer).filter((issuer) => issuer !== 'demo'),
        bearer_methods_supported: ['header'],
      };
    },
  });
}
