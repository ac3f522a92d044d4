// The operator's files: what they say, and how they are loaded and checked.
export type * from './model.ts';
export { IMPACTS } from './model.ts';
