// Finds what operators' own patterns match, each in one way through the text.
import type { MaskType } from '../model.ts';
import type { MaskingRules, PatternRule } from '../rules.ts';
import { Automaton } from './automaton.ts';
import { Classes } from './classes.ts';
import { programOf } from './program.ts';
import { beginningOf, parsePattern } from './syntax.ts';

export type AddSpan = (type: MaskType, start: number, end: number) => void;
type Find = (text: string, add: AddSpan) => void;

/** Where a match may begin, at `from` or behind it; -1 where nowhere. */
type Candidate = (text: string, from: number) => number;

function candidates(automaton: Automaton): Candidate {
  const { classes } = automaton;
  // Of a class that is found later, it is known as soon as it is.
  const known: boolean[] = [];
  const canBegin = (code: number): boolean => {
    const cls = classes.of(code);
    known[cls] ??= automaton.canBegin(cls);
    return known[cls];
  };
  const ascii = Uint8Array.from({ length: 128 }, (_, code) => (canBegin(code) ? 1 : 0));
  return (text, from) => {
    for (let at = from; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit < 128) {
        if (ascii[unit] === 1) return at;
        continue;
      }
      const code = text.codePointAt(at) as number;
      if (canBegin(code)) return at;
      if (code > 0xffff) at += 1;
    }
    return -1;
  };
}

function compilePattern({ type, match, ignoreCase = false }: PatternRule): Find {
  const parsed = parsePattern(match);
  if ('problem' in parsed) throw new Error(`the pattern of ${type} ${parsed.problem}`);
  const program = programOf(parsed.tree);
  const automaton = new Automaton(program, new Classes(program.atoms, ignoreCase, program.looks));
  const beginning = ignoreCase ? '' : beginningOf(parsed.tree);
  const next: Candidate =
    beginning === '' ? candidates(automaton) : (text, from) => text.indexOf(beginning, from);
  return (text, add) => {
    for (let at = next(text, 0); at !== -1; ) {
      const end = automaton.matchAt(text, at);
      if (end > at) add(type, at, end);
      const wide = (text.codePointAt(at) as number) > 0xffff;
      at = next(text, end > at ? end : at + (wide ? 2 : 1));
    }
  };
}

/** Of patterns that passed the check. What it gives never throws, and takes time in proportion to the text. */
export function compilePatterns({ patterns }: Pick<MaskingRules, 'patterns'>): Find {
  const finds = patterns.map(compilePattern);
  return (text, add) => {
    for (const find of finds) find(text, add);
  };
}
