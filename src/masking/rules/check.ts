// What is wrong with an operator's pattern, and what would be right. Each sentence is said of the key before it.
import { compilePath } from '../formats/paths.ts';
import { type Ambiguity, exponentialIn, polynomialIn } from './ambiguity.ts';
import { Automaton } from './automaton.ts';
import { Graph, sampledClasses } from './graph.ts';
import { MOST_STEPS, type Program, programOf, stepsOf } from './program.ts';
import { canBeNothing, emptyLoop, type Node, parsePattern } from './syntax.ts';

/** Where so many more times may be or not, an engine that goes back takes its time as well, though not for ever. */
const AS_IF_ENDLESS = 8;

/** What an automaton keeps at most; more would be made anew again and again. */
const MOST_STATES = 2000;

/** Where the whole must match, values are short: a square or a cube of their length is nothing. */
const HARMLESS_POWER = 3;

const SHOWN = 40;
const shown = (source: string): string =>
  `\`${source.length > SHOWN ? `${source.slice(0, SHOWN)}…` : source}\``;

function relaxed(node: Node): Node {
  if (node.kind === 'row') return { ...node, parts: node.parts.map(relaxed) };
  if (node.kind === 'choice') return { ...node, choices: node.choices.map(relaxed) };
  if (node.kind !== 'repeat') return node;
  const part = relaxed(node.part);
  if (node.most - node.least < AS_IF_ENDLESS) return { ...node, part };
  return { ...node, part, least: Math.min(1, node.least), most: Number.POSITIVE_INFINITY };
}

const TOO_LARGE = 'is too large to be run fast: let its `{…}` count less, or make several patterns of it';

function exponential(loop: string): string {
  return `takes exponential time on some texts, as ${shown(loop)} can read one text in several ways: let no repetition repeat what can be matched in several ways, as \`(a+)+\` does`;
}

function problemOf(found: Ambiguity): string | undefined {
  if (found.kind === 'none') return undefined;
  if (found.kind === 'large') return TOO_LARGE;
  if (found.kind === 'exponential') return exponential(found.loop);
  const { first, second } = found.shared;
  if (first === '') {
    return `takes polynomial time on some texts, as a long run of what ${shown(second)} reads is read again from each of its characters: give it an end, as in \`{1,40}\`, or begin with \`\\b\` or with what it cannot read`;
  }
  return `takes polynomial time on some texts, as ${shown(first)} and ${shown(second)} can read the same: put between them what neither can read, or give them an end, as in \`{1,40}\``;
}

function programsOf(
  tree: Node,
): { readonly program: Program; readonly loose: Program } | { problem: string } {
  if (stepsOf(tree) > MOST_STEPS) return { problem: TOO_LARGE };
  const loose = relaxed(tree);
  const empty = emptyLoop(loose);
  if (empty !== undefined) return { problem: exponential(empty.source) };
  return { program: programOf(tree), loose: programOf(loose) };
}

function exponentialOf(program: Program, ignoreCase: boolean): Ambiguity {
  return exponentialIn(new Graph(program, sampledClasses(program, ignoreCase)));
}

/** Of a pattern that is looked for anywhere in a text. */
export function patternProblem(match: string, ignoreCase = false): string | undefined {
  const parsed = parsePattern(match);
  if ('problem' in parsed) return parsed.problem;
  if (canBeNothing(parsed.tree)) {
    return 'also matches where there is nothing: let it need a character, as `x+` does and `x*` does not';
  }
  const programs = programsOf(parsed.tree);
  if ('problem' in programs) return programs.problem;
  const { program, loose } = programs;
  const classes = sampledClasses(program, ignoreCase);
  return (
    problemOf(exponentialOf(loose, ignoreCase)) ??
    problemOf(polynomialIn(new Graph(program, classes), true)) ??
    (new Automaton(program, classes).complete(MOST_STATES) ? undefined : TOO_LARGE)
  );
}

/** Of a pattern that a whole value of at most some hundred characters must match, by the runtime's own engine. */
export function wholePatternProblem(match: string): string | undefined {
  const parsed = parsePattern(match);
  // What it looks around for or refers back to is judged elsewhere.
  if ('problem' in parsed) return undefined;
  const programs = programsOf(parsed.tree);
  if ('problem' in programs) return programs.problem === TOO_LARGE ? undefined : programs.problem;
  const found = exponentialOf(programs.loose, false);
  if (found.kind === 'exponential') return problemOf(found);
  const { program } = programs;
  const power = polynomialIn(new Graph(program, sampledClasses(program, false)), false);
  if (power.kind !== 'polynomial' || power.power < HARMLESS_POWER) return undefined;
  return problemOf(power);
}

/** Of a JSON path: a sentence. */
export function pathProblem(path: string): string | undefined {
  const compiled = compilePath(path);
  return 'problem' in compiled ? compiled.problem : undefined;
}
