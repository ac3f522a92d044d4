// What everyone may read: health, the OpenAPI document, and where tokens come from.
import { type BrokerSettings, type Config, DEMO_ISSUER } from '../../config/index.ts';
import { SIGNATURE_ALGORITHMS } from '../../identity/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { CAPABILITY_TYPE } from '../oauth.ts';
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

/** The demo issuer has no address, and one on loopback is of use to those only who reach the broker there. */
function isReachable(issuer: string, resource: string): boolean {
  return issuer !== DEMO_ISSUER && (/^https:/i.test(issuer) || /^http:/i.test(resource));
}

/** RFC 9728. Capabilities are not public, so there are no `scopes_supported`. */
function protectedResource(resource: string, { issuers, requireProof }: BrokerSettings): object {
  const servers = issuers.map(({ issuer }) => issuer).filter((issuer) => isReachable(issuer, resource));
  return {
    resource,
    resource_name: 'Bailiwick',
    // A list of nothing must be left out.
    ...(servers.length === 0 ? {} : { authorization_servers: servers }),
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: SIGNATURE_ALGORITHMS,
    // Of some agents or issuers only, it is not what the broker always asks for.
    dpop_bound_access_tokens_required: requireProof === true,
    authorization_details_types_supported: [CAPABILITY_TYPE],
  };
}

export function protectedResourceEndpoint(
  publicUrl: () => Promise<string>,
  config: () => Promise<Config>,
): Endpoint {
  return publicEndpoint(ROUTES.protectedResource, async () =>
    protectedResource(await publicUrl(), (await config()).broker),
  );
}
