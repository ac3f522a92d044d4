// HTTP: which requests a capability covers, what of them goes on to the target, and what of its answer comes back.
export { boundProblem, constraintProblem } from './constraints.ts';
export { type MaskedBody, maskedBody } from './content.ts';
export { headerText, headerValue } from './header-text.ts';
export { fitsHeader, injected, oauth2In, rendered, sigv4In, type Written, writes } from './inject.ts';
export { withoutStandIns } from './loose-text.ts';
export { namesMethod } from './override.ts';
export { withoutOwnAddress } from './own-address.ts';
export { type Path, parsePath } from './path.ts';
export { rangeOf } from './ranges.ts';
export { forwardedHeaders, isEncoded } from './request-headers.ts';
export { returnedHeaders } from './response-headers.ts';
export { matchRoutes, parseRoute, type Route } from './route.ts';
export { type FoundToken, taskTokenIn } from './task-token.ts';
