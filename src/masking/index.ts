// Masking: what no model, log or record may see, found and replaced.
export { createMasker } from './create.ts';
export type { Format, Masker, MaskingStream } from './masker.ts';
export { ACTIONS, type Action, type MaskType, type Span, type Tally } from './model.ts';
export { type MaskingRules, NO_RULES, type PatternRule, type PseudonymKeys } from './rules.ts';
export { isSecretType, TYPES } from './types.ts';
