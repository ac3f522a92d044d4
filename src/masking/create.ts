// Makes a masker of rules and keys.
import { createWrite, severityOf } from './actions.ts';
import type { Detector } from './detector.ts';
import { DETECTORS } from './detectors/all.ts';
import { Ground, OF_RULE } from './formats/ground.ts';
import { createFormatsMasker } from './formats/masker.ts';
import type { Masker } from './masker.ts';
import type { Action } from './model.ts';
import { createAllows } from './rules/allow.ts';
import { compilePatterns } from './rules/patterns.ts';
import type { MaskingRules, PseudonymKeys } from './rules.ts';
import { createFinder } from './scan/finder.ts';

/** What becomes of a type: what a pattern of that type says, what is said of detectors, or a label. */
function actionsOf({ patterns, detectors }: MaskingRules): (type: string) => Action {
  // What a pattern keeps is kept where it stands; it says nothing of its type elsewhere.
  const masks = patterns.filter(({ action }) => action !== 'keep');
  const ofPatterns = new Map(masks.map(({ type, action }) => [type, action]));
  return (type) => {
    const ofPattern = ofPatterns.get(type);
    if (ofPattern !== undefined) return ofPattern;
    const action = detectors[type];
    return action === undefined || action === 'off' ? 'redact' : action;
  };
}

const MOST_CHOICES = 64;
const choices = new Map<string, readonly Detector[]>();

/** The same list for the same rules: what is made of it is made once. */
function detectorsOf({ detectors }: MaskingRules): readonly Detector[] {
  const isOff = ({ type }: Detector) => detectors[type] === 'off' || detectors[type] === 'keep';
  const off = [...new Set(DETECTORS.filter(isOff).map(({ type }) => type))];
  if (off.length === 0) return DETECTORS;
  const key = off.join();
  const chosen = choices.get(key) ?? DETECTORS.filter((detector) => !isOff(detector));
  if (choices.size < MOST_CHOICES) choices.set(key, chosen);
  return chosen;
}

export function createMasker(rules: MaskingRules, keys: PseudonymKeys): Masker {
  const actionOf = actionsOf(rules);
  const detectors = detectorsOf(rules);
  const keeps = rules.patterns.filter(({ action }) => action === 'keep');
  const masks = rules.patterns.filter(({ action }) => action !== 'keep');
  const types = [OF_RULE, ...masks.map(({ type }) => type)];
  const finder = createFinder({
    detectors,
    types,
    locales: rules.locales,
    severity: (type) => severityOf(actionOf(type)),
    patterns: masks.length === 0 ? undefined : compilePatterns({ patterns: masks }),
    keeps: keeps.length === 0 ? undefined : compilePatterns({ patterns: keeps }),
    allows: createAllows(rules.allow),
  });
  const ground = new Ground({
    finder,
    rules,
    types: new Set([...detectors.map(({ type }) => type), ...types]),
    typeOf: ([first = -1]) => detectors[first]?.type,
    isSecret: (detector) => detectors[detector]?.kind === 'secret',
  });
  const write = createWrite(keys);
  return createFormatsMasker(ground, ({ type, value, action }) =>
    write(type, action ?? actionOf(type), value),
  );
}
