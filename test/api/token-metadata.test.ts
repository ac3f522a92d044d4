// Where tokens come from: the metadata of RFC 9728, and that what a 401 says of it agrees.
import { beforeEach, describe, expect, it } from 'vitest';
import { protectedResourceEndpoint } from '../../src/api/endpoints/front.ts';
import { type ApiResponse, problem } from '../../src/api/index.ts';
import { SIGNATURE_ALGORITHMS } from '../../src/identity/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { apiRequest, bodyOf, PUBLIC_URL } from '../support/api.ts';
import { type ConfigParts, configOf } from '../support/config.ts';
import { createWorld, PARTS, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

async function metadata(
  parts: Partial<ConfigParts> = {},
  url = PUBLIC_URL,
): Promise<Record<string, unknown>> {
  const config = configOf({ ...PARTS, ...parts });
  const endpoint = protectedResourceEndpoint(
    async () => url,
    async () => config,
  );
  return bodyOf((await endpoint.handle(apiRequest({ method: 'GET' }))) as ApiResponse);
}

const issuer = (name: string) => ({ issuer: name, audience: 'bailiwick', algorithms: ['ES256'] });

describe('the metadata', () => {
  it('says what the broker is and takes', async () => {
    expect(await metadata()).toEqual({
      resource: PUBLIC_URL,
      resource_name: 'Bailiwick',
      authorization_servers: ['https://issuer.example.com'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: SIGNATURE_ALGORITHMS,
      dpop_bound_access_tokens_required: false,
      authorization_details_types_supported: ['bailiwick_capability'],
    });
  });

  it('names no symmetric algorithm, and not none', () => {
    expect(SIGNATURE_ALGORITHMS.filter((name) => /^(?:HS|none$)/i.test(name))).toEqual([]);
  });

  it('says that proofs are a must only where they always are', async () => {
    const required = async (parts: Partial<ConfigParts>) =>
      (await metadata(parts))['dpop_bound_access_tokens_required'];
    expect(await required({ broker: { requireProof: true } })).toBe(true);
    expect(await required({ issuers: [{ ...issuer('https://a.example.com'), requireProof: true }] })).toBe(
      false,
    );
  });

  it.each<[string, string, readonly string[] | undefined]>([
    ['https://broker.example.com', 'demo', undefined],
    ['https://broker.example.com', 'https://a.example.com', ['https://a.example.com']],
    ['https://broker.example.com', 'http://127.0.0.1:9000', undefined],
    ['http://127.0.0.1:8787', 'http://127.0.0.1:9000', ['http://127.0.0.1:9000']],
    ['http://127.0.0.1:8787', 'demo', undefined],
  ])('at %s names the issuer %s: %j', async (url, name, servers) => {
    // RFC 9728, 3.2: a list without elements must not be there.
    expect((await metadata({ issuers: [issuer(name)] }, url))['authorization_servers']).toEqual(servers);
  });

  it('tells nobody what agents and capabilities there are', async () => {
    const text = JSON.stringify(await metadata());
    for (const name of [
      ...Object.keys(world.rules.config.agents),
      ...Object.keys(world.rules.config.targets),
    ]) {
      expect(text).not.toContain(name);
    }
  });
});

describe('a 401', () => {
  it.each([PUBLIC_URL, 'https://broker.example.com/live'])('of %s leads to the metadata', async (url) => {
    const { headers } = problem(new Refusal('unauthenticated', 'No.'), 'req-1', url);
    const challenge = headers['www-authenticate'] ?? '';
    const [, address] = /^Bearer resource_metadata="([^"]+)", DPoP algs="[^"]+"$/.exec(challenge) ?? [];
    const { resource } = await metadata({}, url);
    expect(address).toBe(`${String(resource)}/.well-known/oauth-protected-resource`);
  });

  it('of a broker at the root of its host is where RFC 9728, 3.1 puts the metadata', async () => {
    const { resource } = await metadata();
    const derived = new URL('/.well-known/oauth-protected-resource', String(resource)).href;
    const { headers } = problem(new Refusal('unauthenticated', 'No.'), 'req-1', PUBLIC_URL);
    expect(headers['www-authenticate']).toContain(`resource_metadata="${derived}"`);
  });
});
