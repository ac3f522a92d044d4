// HTTP: which requests a capability covers.
export { parsePath } from './path.ts';
export { matchRoutes, parseRoute, type Route } from './route.ts';
