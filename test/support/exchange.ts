// Token requests as OAuth clients send them: an honest form, changed as a test wants it.
import { expect } from 'vitest';
import { tokenAnswer, tokenError } from '../../src/api/answers.ts';
import { type ApiRequest, type ApiResponse, answer } from '../../src/api/index.ts';
import { apiRequest, bodyOf, endpointsOf, PUBLIC_URL, textOf } from './api.ts';
import { OTHER_AGENT, type World } from './world.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const JWT = 'urn:ietf:params:oauth:token-type:jwt';
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Changes of an honest form: null takes a parameter out, a list repeats it. */
export type Form = Readonly<Record<string, string | null | readonly string[]>>;

export interface Asking {
  readonly form?: Form | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The whole body instead. */
  readonly raw?: string;
}

function withTokens(world: World, text: string): string {
  return text
    .replace('$agent', world.agentToken())
    .replace('$otherAgent', world.agentToken(OTHER_AGENT))
    .replace('$stranger', world.agentToken('stranger'))
    .replace('$person', world.personToken());
}

export function pairsOf(world: World, form: Form = {}): [string, string][] {
  const honest = {
    grant_type: GRANT,
    subject_token: '$agent',
    subject_token_type: JWT,
    scope: 'reports:list',
  };
  return Object.entries({ ...honest, ...form }).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== null)
      .map((one): [string, string] => [name, withTokens(world, one)]),
  );
}

function exchange(world: World, { form, headers = {}, query = {}, raw }: Asking = {}): Promise<ApiResponse> {
  const endpoint = endpointsOf(world).find(({ route }) => route.name === 'exchangeToken');
  if (endpoint === undefined) throw new Error('no endpoint');
  const replaced = (given: Readonly<Record<string, string>>) =>
    Object.entries(given).map(([name, value]): [string, string] => [name, withTokens(world, value)]);
  const request: Partial<ApiRequest> = {
    headers: Object.fromEntries(replaced({ 'content-type': FORM_TYPE, ...headers })),
    query: replaced(query),
    body: Buffer.from(raw ?? new URLSearchParams(pairsOf(world, form)).toString()),
  };
  return answer(endpoint, apiRequest(request), world.dependencies.log, PUBLIC_URL);
}

/** The answer, or the test fails. */
export async function granted(world: World, asking: Asking = {}) {
  const response = await exchange(world, asking);
  expect(response, textOf(response)).toMatchObject({ status: 200 });
  return { response, ...tokenAnswer.parse(bodyOf(response)) };
}

/** The error, or the test fails. */
export async function refused(world: World, asking: Asking = {}) {
  const response = await exchange(world, asking);
  return { response, ...tokenError.parse(bodyOf(response)) };
}
