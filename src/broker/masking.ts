// What the broker masks by: a masker for each target's rules, and one for what belongs to none of them.
import type { Config } from '../config/index.ts';
import {
  createMasker,
  type Masker,
  type MaskingRules,
  mergeRules,
  type PseudonymKeys,
} from '../masking/index.ts';
import { sha256 } from '../shared/hash.ts';
import type { Json } from '../shared/json.ts';
import type { Parameters } from '../tasks/index.ts';
import type { MaskTally } from './mask-counts.ts';

export interface Masking {
  /** For words: purposes, reasons, and whatever else belongs to no target. */
  readonly words: Masker;
  /** One of the broker's own, masked but for people whom the operator's files name: it says who can help. */
  sentence(text: string, tally?: MaskTally): string;
  /** For what goes to a target and comes from it; of one that nobody knows as for words. */
  of(target: string): Masker;
  /** A hash of what it is masked by there. */
  rulesOf(target: string): string;
  /** Whether nothing may go there that carries a secret. */
  refusesSecrets(target: string): boolean;
  /** Whether the operator's files define it. */
  isCapability(capability: string): boolean;
}

/** Of `target:capability`. */
export function targetOf(capability: string): string {
  return capability.slice(0, Math.max(0, capability.indexOf(':')));
}

function rulesFor({ broker, targets }: Config, target: string | undefined): MaskingRules {
  const own = target !== undefined && Object.hasOwn(targets, target) ? targets[target] : undefined;
  return mergeRules(broker.masking, own?.masking);
}

function usesPseudonyms({ detectors, columns, paths, keys, patterns }: MaskingRules): boolean {
  const actions = [detectors, columns, paths, keys].flatMap((rules): readonly string[] =>
    Object.values(rules),
  );
  return [...actions, ...patterns.map(({ action }) => action)].includes('pseudonym');
}

/** Whether any of the rules needs a key: where none does, none is fetched. */
export function needsKeys(config: Config): boolean {
  const targets = [undefined, ...Object.keys(config.targets)];
  return targets.some((target) => usesPseudonyms(rulesFor(config, target)));
}

/** By keys, and by rules: most targets say nothing of their own, and most changes of a config nothing of masking. */
const MADE = new WeakMap<PseudonymKeys, Map<string, Masker>>();

function maskerOf(rules: MaskingRules, keys: PseudonymKeys): Masker {
  const made = MADE.get(keys) ?? new Map<string, Masker>();
  MADE.set(keys, made);
  const name = JSON.stringify(rules);
  const masker = made.get(name) ?? createMasker(rules, keys);
  made.set(name, masker);
  return masker;
}

/** An address, and what stands around it. */
const ADDRESS = /([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})/u;

/** The addresses and ids by which the operator's files name people. */
function peopleIn({ broker, agents, targets }: Config): readonly string[] {
  const owners = [...Object.values(agents), ...Object.values(targets)].map(({ owner }) => owner);
  return [
    ...owners.map(({ email }) => email),
    ...Object.values(agents).flatMap(({ owner }) => owner.people),
    ...(broker.humans?.people ?? []).flatMap(({ id, email }) => (email === undefined ? [id] : [id, email])),
  ];
}

/** Each masker is made when it is first needed, and once. */
export function createMasking(config: Config, keys: PseudonymKeys): Masking {
  const maskers = new Map<string | undefined, Masker>();
  const maskerFor = (target: string | undefined) => {
    const known = maskers.get(target);
    if (known !== undefined) return known;
    const masker = maskerOf(rulesFor(config, target), keys);
    maskers.set(target, masker);
    return masker;
  };
  const merged = new Map<string | undefined, { readonly rules: MaskingRules; readonly hash: string }>();
  const mergedFor = (target: string | undefined) => {
    const before = merged.get(target);
    if (before !== undefined) return before;
    const rules = rulesFor(config, target);
    const made = { rules, hash: sha256(JSON.stringify(rules)) };
    merged.set(target, made);
    return made;
  };
  let people: ReadonlySet<string> | undefined;
  const known = (target: string) => (Object.hasOwn(config.targets, target) ? target : undefined);
  return {
    get words() {
      return maskerFor(undefined);
    },
    sentence: (text, tally) => {
      people ??= new Set(peopleIn(config));
      const parts = text
        .split(ADDRESS)
        .map((part, place) => ({ part, isPerson: place % 2 === 1 && people?.has(part) }));
      if (!parts.some(({ isPerson }) => isPerson)) return maskerFor(undefined).text(text, tally);
      return parts
        .map(({ part, isPerson }) => (isPerson ? part : maskerFor(undefined).text(part, tally)))
        .join('');
    },
    of: (target) => maskerFor(known(target)),
    rulesOf: (target) => mergedFor(known(target)).hash,
    refusesSecrets: (target) => mergedFor(known(target)).rules.refuseSecrets,
    isCapability: (capability) => {
      const target = targetOf(capability);
      const definitions = known(target) === undefined ? undefined : config.targets[target]?.capabilities;
      return definitions !== undefined && Object.hasOwn(definitions, capability.slice(target.length + 1));
    },
  };
}

/** Values by their names; and the names as well, since a caller may make them up. */
export function shownParameters(
  masking: Masking,
  capability: string,
  parameters: Parameters,
  tally?: MaskTally,
): Parameters {
  const masker = masking.of(targetOf(capability));
  const values = masker.value(parameters as Json, tally) as Readonly<Record<string, Json>>;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [masker.text(name, tally), String(value ?? '')]),
  );
}

/** As policy, people and the audit see them. */
export function shown<
  One extends { readonly capability: string; readonly parameters?: Parameters | undefined },
>(masking: Masking, requested: readonly One[]): readonly One[] {
  return requested.map((one) =>
    one.parameters === undefined
      ? one
      : { ...one, parameters: shownParameters(masking, one.capability, one.parameters) },
  );
}
