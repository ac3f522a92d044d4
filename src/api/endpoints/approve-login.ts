// The login before the approval page: to the provider, and back with who it is.
import {
  beginLogin,
  finishLogin,
  isThereApproval,
  type LoginDependencies,
  type LookDependencies,
} from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { clearCookie, cookieOf, setCookie } from '../cookies.ts';
import { callerOf, type Endpoint } from '../endpoint.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { ROUTES } from '../routes.ts';
import { keyIn, pathOf, refused } from './approve-parts.ts';

type Dependencies = LookDependencies & LoginDependencies;

const NOTHING = new Refusal('not_found', 'There is no such approval.');

function redirect(location: string, cookies: readonly string[]): ApiResponse {
  return { status: 303, headers: { location, 'set-cookie': cookies }, body: '' };
}

async function toProvider(dependencies: Dependencies, request: ApiRequest): Promise<ApiResponse> {
  const url = await dependencies.publicUrl();
  const approval = request.parameters['approval'] ?? '';
  if (!(await isThereApproval(dependencies, approval))) return refused(NOTHING, request);
  const key = keyIn(request.query);
  const begun = await beginLogin(dependencies, {
    approval,
    ...(key === undefined ? {} : { key: new Secret(key) }),
    cookie: cookieOf(request, 'login', url),
  });
  if (begun instanceof Refusal) return refused(begun, request);
  return redirect(begun.location, [setCookie('login', begun.cookie, url)]);
}

async function fromProvider(dependencies: Dependencies, request: ApiRequest): Promise<ApiResponse> {
  const url = await dependencies.publicUrl();
  const caller = callerOf(request, ROUTES.finishLogin, undefined, null);
  const cookie = cookieOf(request, 'login', url);
  const finished = await finishLogin(dependencies, caller, { query: request.query, cookie });
  if (finished instanceof Refusal) return refused(finished, request);
  const { approval, key, session } = finished;
  const query = key === undefined ? '' : `?key=${encodeURIComponent(key.open())}`;
  return redirect(`${await pathOf(dependencies, approval)}${query}`, [
    setCookie('session', session, url),
    clearCookie('login', url),
  ]);
}

export function loginEndpoints(dependencies: Dependencies): readonly Endpoint[] {
  return [
    { route: ROUTES.beginLogin, handle: (request) => toProvider(dependencies, request) },
    { route: ROUTES.finishLogin, handle: (request) => fromProvider(dependencies, request) },
  ];
}
