// The REST API: its routes, what they take and answer, and how faults look from outside. Endpoints are imported
// one by one from `endpoints/`, so that each function carries only its own.
export { answer, dressed } from './answer.ts';
export type { Endpoint } from './endpoint.ts';
export {
  type ApiRequest,
  type ApiResponse,
  MAX_BODY_BYTES,
  mostBodyBytes,
  type TextResponse,
} from './http.ts';
export { type Matched, matchRoute } from './match.ts';
export { logFault, problem, refusalOfFault } from './problem.ts';
export { ALL_ROUTES, ROUTES, type RouteName } from './routes.ts';
