// Masking: what no model, log or record may see, found and replaced.
export { createMasker } from './create.ts';
export type { Detector } from './detector.ts';
export { DETECTORS } from './detectors/all.ts';
export { BadPseudonymKey, freshPseudonymKey, pseudonymKeysOf } from './keys.ts';
export type { Format, Masker } from './masker.ts';
export { ACTIONS, type Tally } from './model.ts';
export { canBeAllowed } from './rules/allow.ts';
export { pathProblem, patternProblem, wholePatternProblem } from './rules/check.ts';
export { type MaskingSettings, mergeRules } from './rules/settings.ts';
export { type MaskingRules, NO_RULES, type PseudonymKeys } from './rules.ts';
export { isSecretType, LOCALES, TYPES } from './types.ts';
