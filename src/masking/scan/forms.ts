// Forms: runs of letters and digits in groups. A shape becomes one number, so that most numbers are let go by one look-up.
import type { Detector } from '../detector.ts';

export interface CompiledForm {
  readonly detector: number;
  readonly hash: number;
  readonly groups: number;
  /** How many letters and digits: what a hash that two shapes share would get wrong. */
  readonly length: number;
  readonly between: string;
  readonly mixed: boolean;
  readonly check: ((plain: string) => boolean) | undefined;
  readonly context: boolean;
  readonly upper: boolean;
}

export interface FormsOfShape {
  readonly all: readonly CompiledForm[];
  /** Those that need no context. */
  readonly certain: readonly CompiledForm[];
}

export interface FormTable {
  readonly byShape: ReadonlyMap<number, FormsOfShape>;
  /** By the low bits of a hash: 0 where no form has it. */
  readonly maybe: Uint8Array;
  readonly mostGroups: number;
}

export const LETTERS = 0;
export const DIGITS = 32;
const NEXT_GROUP = 64;

/** A run longer than that is of no form. */
export const LONGEST_RUN = 30;

export function addRun(hash: number, kind: number, length: number): number {
  return (Math.imul(hash, 67) + kind + length) | 0;
}

export function addGroup(hash: number, group: number): number {
  return (Math.imul(hash, 131) + NEXT_GROUP + group) | 0;
}

const GROUP = /^(?:[LD]\d{1,2})+$/u;

/** A group's own number: also of what is read from the text. */
function groupHash(group: string): { hash: number; length: number } {
  if (!GROUP.test(group)) throw new Error(`no group of a shape: ${group}`);
  let hash = 1;
  let length = 0;
  for (const [, kind, digits] of group.matchAll(/([LD])(\d+)/gu)) {
    const many = Number(digits);
    if (many < 1 || many > LONGEST_RUN) throw new Error(`no length of a run: ${group}`);
    hash = addRun(hash, kind === 'L' ? LETTERS : DIGITS, many);
    length += many;
  }
  return { hash, length };
}

export function compileForms(detector: Detector, index: number): CompiledForm[] {
  return (detector.forms ?? []).map((form) => {
    const groups = form.shape.split(' ').map(groupHash);
    return {
      detector: index,
      hash: groups.reduce((hash, group) => addGroup(hash, group.hash), 1),
      groups: groups.length,
      length: groups.reduce((sum, { length }) => sum + length, 0),
      between: form.between ?? ' -.',
      mixed: form.mixed ?? false,
      check: form.check,
      context: form.context ?? false,
      upper: form.upper ?? false,
    };
  });
}
