// HTTP: which requests a capability covers, what of them goes on to the target, and what of its answer comes back.
export { boundProblem, constraintProblem, type SentContent } from './constraints.ts';
export { type BodyMasking, type MaskedBody, maskedBody } from './content.ts';
export { type InjectProblem, injected, rendered, type Written, writes } from './inject.ts';
export { type Path, parsePath } from './path.ts';
export { type RangeAnswer, rangeOf } from './ranges.ts';
export {
  type Forwarded,
  type ForwardOptions,
  forwardedHeaders,
} from './request-headers.ts';
export { type Returned, type ReturnOptions, returnedHeaders } from './response-headers.ts';
export { matchRoutes, parseRoute, type Route } from './route.ts';
export { type FoundToken, taskTokenIn } from './task-token.ts';
