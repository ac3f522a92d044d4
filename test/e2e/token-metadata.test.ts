// Where tokens come from, as a client finds it out: RFC 9728, and the challenge of a 401.
import { describe, expect, test } from 'vitest';
import { send } from './support/broker.ts';
import { ISSUERS } from './support/tokens.ts';

const PUBLIC_URL = 'https://bailiwick.example.com';

describe('where tokens come from', () => {
  const path = '/.well-known/oauth-protected-resource';

  test('is published as RFC 9728 has it', async () => {
    const { body } = await send('GET', path);
    expect(body).toMatchObject({
      resource: PUBLIC_URL,
      resource_name: expect.any(String),
      authorization_servers: expect.arrayContaining([
        ISSUERS.ci,
        ...(ISSUERS.login.startsWith('https:') ? [ISSUERS.login] : []),
      ]),
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256', 'EdDSA']),
      dpop_bound_access_tokens_required: false,
      authorization_details_types_supported: ['bailiwick_capability'],
    });
    expect(body).not.toHaveProperty('scopes_supported');
    for (const value of Object.values(body as object)) expect(value).not.toEqual([]);
  });

  test('is what a 401 leads to', async () => {
    const { headers } = await send('GET', '/v1/tasks/x');
    // API Gateway keeps the name itself for its own use.
    const said = headers.get('www-authenticate') ?? headers.get('x-amzn-remapped-www-authenticate');
    expect(said).toContain(`resource_metadata="${PUBLIC_URL}${path}"`);
    expect(said).toMatch(/, DPoP algs="[^"]*\bES256\b[^"]*"/);
  });
});
