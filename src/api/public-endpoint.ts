// Endpoints that everyone may read: nobody is asked who they are, and nothing they send is read.
import type { Endpoint } from './endpoint.ts';
import { json } from './http.ts';
import type { Route } from './routes.ts';

export function publicEndpoint(
  route: Route & { readonly takes: 'nothing' },
  run: () => Promise<object>,
): Endpoint {
  return { route, handle: async () => json(200, await run()) };
}
