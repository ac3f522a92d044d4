// What everyone may read: health, the OpenAPI document, and where tokens come from.
import type { Config } from '../../config/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { publicEndpoint } from '../public-endpoint.ts';
import { ROUTES } from '../routes.ts';

export function healthEndpoint(): Endpoint {
  return publicEndpoint(ROUTES.health, async () => ({ status: 'ok' }));
}

export function openApiEndpoint(publicUrl: () => Promise<string>): Endpoint {
  return publicEndpoint(ROUTES.openApi, async () => {
    // Made from every schema there is, and seldom asked for: nothing else waits for it.
    const { openApiDocument } = await import('#openapi');
    return openApiDocument(await publicUrl());
  });
}

export function protectedResourceEndpoint(
  publicUrl: () => Promise<string>,
  config: () => Promise<Config>,
): Endpoint {
  return publicEndpoint(ROUTES.protectedResource, async () => {
    const { issuers } = (await config()).broker;
    return {
      resource: await publicUrl(),
      // The demo issuer is no authorization server: it has no address.
      authorization_servers: issuers.map(({ issuer }) => issuer).filter((issuer) => issuer !== 'demo'),
      bearer_methods_supported: ['header'],
    };
  });
}
