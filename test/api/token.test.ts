// POST /v1/token: every case of test/cases/token is granted or refused as it says, as the RFCs have it.
import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openApiDocument } from '../../src/api/openapi.ts';
import { isTaskTokenForm } from '../../src/tasks/index.ts';
import { bodyOf, PUBLIC_URL } from '../support/api.ts';
import { type Asking, FORM_TYPE, type Form, granted, pairsOf, refused } from '../support/exchange.ts';
import { AGENT, createWorld, type World } from '../support/world.ts';

const FOLDER = new URL('../cases/token/', import.meta.url);

interface Granted extends Asking {
  /** For readers. */
  readonly why: string;
  readonly scope: string;
  readonly details?: readonly object[];
  readonly task?: object;
  readonly expiresIn?: number;
}
interface Refused extends Asking {
  readonly why: string;
  readonly error: string;
  readonly code: string;
  readonly paths?: readonly string[];
  readonly decision?: string;
}

function casesIn<T>(verdict: 'granted' | 'refused'): readonly (readonly [string, T])[] {
  const folder = new URL(`${verdict}/`, FOLDER);
  return readdirSync(folder).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T,
  ]);
}

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

/** On an answer that holds a token, and on every other one alike: RFC 6749, 5.1 and 5.2. */
const HEADERS = { 'content-type': 'application/json', pragma: 'no-cache' };

describe('granted', () => {
  it.each(casesIn<Granted>('granted'))('%s', async (_, { scope, details, task, expiresIn, ...given }) => {
    const { response, ...body } = await granted(world, given);
    expect(response.headers).toEqual(HEADERS);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^bwt_/),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: expiresIn ?? 8 * 3600,
      scope,
      ...(details === undefined ? {} : { authorization_details: details }),
      task: expect.stringMatching(/^task_/),
    });
    expect(isTaskTokenForm(body.access_token)).toBe(true);
    expect(world.tasks()).toMatchObject([{ id: body.task, agent: AGENT, status: 'open', ...task }]);
  });
});

describe('refused', () => {
  it.each(casesIn<Refused>('refused'))('%s', async (_, { error, code, paths, decision, ...given }) => {
    const { response, ...body } = await refused(world, given);
    expect([body.error, body.code, response.status]).toEqual([error, code, 400]);
    expect(response.headers).toEqual(HEADERS);
    expect(body.errors?.map(({ path }) => path)).toEqual(paths);
    expect(body.decision?.outcome).toBe(decision);
    expect(body.requestId).toBe('req-of-a-test');
    expect(body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+\.$/);
    expect(world.tasks().filter(({ status }) => status === 'open')).toEqual([]);
    expect(response.body).not.toMatch(/eyJ/);
  });

  it('by every error that token exchange has', () => {
    const errors = casesIn<Refused>('refused').map(([, { error }]) => error);
    expect([...new Set(errors)].sort()).toEqual([
      'invalid_authorization_details',
      'invalid_request',
      'invalid_scope',
      'invalid_target',
      'unsupported_grant_type',
    ]);
  });
});

type Schema = Parameters<typeof z.fromJSONSchema>[0];

describe('the published schema', () => {
  const { paths, components } = openApiDocument(PUBLIC_URL) as {
    paths: { '/v1/token': { post: { requestBody: { content: Record<string, { schema: Schema }> } } } };
    components: { schemas: { TokenError: Schema } };
  };
  const content = paths['/v1/token'].post.requestBody.content;
  const form = z.fromJSONSchema(content[FORM_TYPE]?.schema ?? false);

  /** As OpenAPI reads a form: lists by their repetition, JSON where the encoding says so, numbers as such. */
  const read = (given: Form | undefined): Record<string, unknown> => {
    const read: Record<string, unknown> = Object.create(null);
    for (const [name, value] of pairsOf(world, given).filter(([, one]) => one !== '')) {
      if (name === 'authorization_details') read[name] = JSON.parse(value);
      else if (name === 'ttl_seconds') read[name] = Number(value);
      else if (name === 'resource' || name === 'audience') read[name] = [value];
      else read[name] = value;
    }
    return { ...read };
  };

  it('is of a form, and takes what is granted', () => {
    expect(Object.keys(content)).toEqual([FORM_TYPE]);
    for (const [name, { form: given, scope }] of casesIn<Granted>('granted')) {
      expect([name, scope, form.safeParse(read(given)).success]).toEqual([name, scope, true]);
    }
  });

  it.each<[string, Form]>([
    ['no grant type', { grant_type: null }],
    ['no token', { subject_token: null }],
    ['another kind of token', { subject_token_type: 'jwt' }],
    ['another kind of detail', { authorization_details: '[{"type":"x","capability":"reports:list"}]' }],
    ['a scope of no capability', { scope: 'openid' }],
    ['no time', { ttl_seconds: '0' }],
  ])('refuses %s', (_, given) => {
    expect(form.safeParse(read(given)).success).toBe(false);
  });

  it('knows the errors', async () => {
    const { response } = await refused(world, { form: { scope: 'sandbox:read' } });
    expect(z.fromJSONSchema(components.schemas.TokenError).safeParse(bodyOf(response)).error).toBeUndefined();
  });
});
