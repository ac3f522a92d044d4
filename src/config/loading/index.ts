// The second door of this room: loading and checking the operator's files, with the parsers it takes.
// Never imported by a function, which carries its config checked and packed.
export { loadPolicyCases } from './cases/load.ts';
export { type Loaded, loadConfig } from './load.ts';
export { publishedActions } from './published.ts';
export { configSchemas } from './schema/index.ts';
export { MOST_AGE_SECONDS } from './schema/policy-case.ts';
export { watchConfig } from './watch.ts';
export { schemaFiles, writeSchemas } from './write-schemas.ts';
