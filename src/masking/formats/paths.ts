// JSON paths of operators' rules: `$.customer.email`, `$.items[*].serial`, `$..internal`. Compiled, then walked along with.
import type { Action } from '../model.ts';

type Step = string | number | typeof ANY;

const ANY = Symbol('any');

interface Segment {
  readonly step: Step;
  /** At any depth below: `..name`. */
  readonly deep: boolean;
}

export interface CompiledPath {
  readonly segments: readonly Segment[];
}

export interface PathProblem {
  readonly problem: string;
}

const LONGEST = 1_000;
const MOST_SEGMENTS = 64;
const LARGEST_INDEX = 4_294_967_294;

const NAME = /[^\s.[\]'"*?(),\\]+/uy;
const INDEX = /(?:0|[1-9]\d*)(?=\s*\])/uy;
const BLANKS = /\s*/uy;

class PathReader {
  at = 1;
  readonly segments: Segment[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(): CompiledPath | PathProblem {
    while (this.at < this.#text.length) {
      const problem = this.#segment();
      if (problem !== undefined) return { problem };
      if (this.segments.length > MOST_SEGMENTS)
        return { problem: `a path has at most ${MOST_SEGMENTS} steps` };
    }
    return { segments: this.segments };
  }

  #segment(): string | undefined {
    const from = this.at;
    const deep = this.#text.startsWith('..', from);
    const dotted = this.#text[from] === '.';
    if (!dotted && this.#text[from] !== '[') {
      return `"." or "[" is expected at character ${from + 1}: $.customer.email, $.items[*].serial`;
    }
    this.at += deep ? 2 : dotted ? 1 : 0;
    if (this.#text[this.at] === '[') {
      if (dotted && !deep)
        return `a name is expected after "." at character ${from + 1}, or "[" without the "."`;
      return this.#bracket(deep);
    }
    return this.#name(deep);
  }

  #name(deep: boolean): string | undefined {
    if (this.#text[this.at] === '*') {
      this.at += 1;
      return this.#add(ANY, deep);
    }
    const name = this.#take(NAME);
    if (name === '') {
      const quoted = `a name with other characters is written ['a name']`;
      return `a name is expected at character ${this.at + 1}; ${quoted}`;
    }
    return this.#add(name, deep);
  }

  #bracket(deep: boolean): string | undefined {
    const from = this.at;
    this.at += 1;
    this.#take(BLANKS);
    const first = this.#text[this.at];
    if (first === "'" || first === '"') {
      const name = this.#quoted(first);
      return name === undefined ? this.#lastProblem : this.#close(name, deep);
    }
    if (first === '*') {
      this.at += 1;
      return this.#close(ANY, deep);
    }
    const index = this.#take(INDEX);
    if (index !== '' && Number(index) <= LARGEST_INDEX) return this.#close(Number(index), deep);
    const can = `"[*]", an index from 0 as in "[3]", or a quoted name as in "['a b']"`;
    return `what stands in "[" at character ${from + 1} is not understood: ${can}; no filters, slices or lists`;
  }

  #lastProblem = '';

  #quoted(quote: string): string | undefined {
    const from = this.at;
    let name = '';
    for (let at = from + 1; at < this.#text.length; at += 1) {
      const here = this.#text[at] as string;
      if (here === quote) {
        this.at = at + 1;
        return name;
      }
      if (here !== '\\') {
        name += here;
        continue;
      }
      at += 1;
      const escaped = this.#text[at];
      if (escaped !== '\\' && escaped !== "'" && escaped !== '"') {
        this.#lastProblem = `after "\\" at character ${at}, a quote or another "\\" is expected`;
        return undefined;
      }
      name += escaped;
    }
    this.#lastProblem = `the quote at character ${from + 1} is not closed`;
    return undefined;
  }

  #close(step: Step, deep: boolean): string | undefined {
    this.#take(BLANKS);
    if (this.#text[this.at] !== ']') return `"]" is expected at character ${this.at + 1}`;
    this.at += 1;
    return this.#add(step, deep);
  }

  #add(step: Step, deep: boolean): undefined {
    this.segments.push({ step, deep });
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const taken = pattern.exec(this.#text)?.[0] ?? '';
    this.at += taken.length;
    return taken;
  }
}

/** What is wrong with a path is said in one sentence, for `check`. */
export function compilePath(text: string): CompiledPath | PathProblem {
  if (text.length > LONGEST) return { problem: `a path has at most ${LONGEST} characters` };
  if (!text.startsWith('$'))
    return { problem: 'a path begins with "$", the whole document: $.customer.email' };
  return new PathReader(text).read();
}

/** How far each path has been followed, at one place of a document, and what the paths that end there say. */
export interface PathState {
  /** Segments that would have to match next, ascending. */
  readonly next: readonly number[];
  readonly action: Action | undefined;
}

interface Waiting extends Segment {
  /** What holds where the path ends with this segment. */
  readonly last: Ending | undefined;
}

interface Ending {
  readonly action: Action;
  /** The path that names more of the way knows better; of two alike, the later. */
  readonly weight: number;
}

export interface PathMatcher {
  readonly root: PathState;
  step(from: PathState, to: string | number): PathState;
}

/** No path is followed any further. */
export const OFF_PATH: PathState = { next: [], action: undefined };

const named = ({ step }: Segment): boolean => step !== ANY;

/** Takes as long for each value as there are steps in all the paths, whatever the document. */
export function createPathMatcher(paths: readonly (readonly [CompiledPath, Action])[]): PathMatcher {
  const all: Waiting[] = [];
  const starts: number[] = [];
  let ofRoot: Action | undefined;
  paths.forEach(([{ segments }, action], order) => {
    if (segments.length === 0) ofRoot = action;
    else starts.push(all.length);
    const weight = segments.filter(named).length * paths.length + order;
    for (const [index, segment] of segments.entries()) {
      all.push({ ...segment, last: index === segments.length - 1 ? { action, weight } : undefined });
    }
  });

  function step(from: PathState, to: string | number): PathState {
    if (from.next.length === 0) return OFF_PATH;
    const next: number[] = [];
    let ending: Ending | undefined;
    for (const index of from.next) {
      const segment = all[index] as Waiting;
      if (segment.deep && next.at(-1) !== index) next.push(index);
      if (segment.step !== to && segment.step !== ANY) continue;
      if (segment.last === undefined) next.push(index + 1);
      else if (ending === undefined || segment.last.weight > ending.weight) ending = segment.last;
    }
    if (ending === undefined && next.length === 0) return OFF_PATH;
    // Far down, most steps lead nowhere new: one state then serves all levels.
    const same = from.action === ending?.action && next.length === from.next.length;
    return same && next.every((one, at) => one === from.next[at]) ? from : { next, action: ending?.action };
  }

  if (starts.length === 0 && ofRoot === undefined) return { root: OFF_PATH, step: () => OFF_PATH };
  return { root: { next: starts, action: ofRoot }, step };
}
