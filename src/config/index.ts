// The operator's files once checked: light, since every function imports it. Loading them is `loading/`.
export type * from './http-model.ts';
export type * from './model.ts';
export {
  DEMO_ALGORITHMS,
  DEMO_ISSUER,
  DEMO_SECRET,
  DEMO_TARGET,
  IMPACTS,
  KINDS_TO_COME,
} from './model.ts';
export { packConfig, unpackConfig } from './pack.ts';
