// A pattern as steps: take a character, go two ways, look at the place, done. What both matching and checking walk.
import type { Node, Place, Repeat } from './syntax.ts';

export interface Take {
  readonly op: 'take';
  readonly atom: number;
  readonly next: number;
  /** The outermost repetition without an end that it stands in, as it is written; empty where it stands in none. */
  readonly loop: string;
}

export type Step =
  | Take
  /** The first way is tried first. */
  | { readonly op: 'fork'; readonly first: number; readonly second: number }
  | { readonly op: 'look'; readonly place: Place; readonly next: number }
  | { readonly op: 'done' };

export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
  /** What single characters there are in it, as they are written. */
  readonly atoms: readonly string[];
  /** Whether any step looks at the place it stands at. */
  readonly looks: boolean;
}

/** More steps than that would be a table of megabytes. */
export const MOST_STEPS = 2000;

/** How many steps a pattern makes, before it is made. */
export function stepsOf(node: Node): number {
  if (node.kind === 'row') return node.parts.reduce((sum, part) => sum + stepsOf(part), 0);
  if (node.kind === 'choice') return node.choices.reduce((sum, one) => sum + 1 + stepsOf(one), 0);
  if (node.kind !== 'repeat') return 1;
  const copies = Number.isFinite(node.most) ? node.most : Math.max(1, node.least);
  return copies * (1 + stepsOf(node.part)) + 1;
}

class Builder {
  readonly steps: Step[] = [{ op: 'done' }];
  readonly atoms: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** From the end: each node knows where it goes on. */
  build(node: Node, next: number, loop: string): number {
    switch (node.kind) {
      case 'one':
        return this.#add({ op: 'take', atom: this.#atom(node.source), next, loop });
      case 'place':
        return this.#add({ op: 'look', place: node.place, next });
      case 'row':
        return node.parts.reduceRight((after, part) => this.build(part, after, loop), next);
      case 'choice':
        return node.choices
          .map((one) => this.build(one, next, loop))
          .reduceRight((second, first) => this.#add({ op: 'fork', first, second }));
      case 'repeat':
        return this.#repeat(node, next, loop);
    }
  }

  #repeat({ part, least, most, lazy, source }: Repeat, next: number, loop: string): number {
    const fork = (body: number, after: number): Step =>
      lazy ? { op: 'fork', first: after, second: body } : { op: 'fork', first: body, second: after };
    let start = next;
    let copies = least;
    if (Number.isFinite(most)) {
      for (let extra = most - least; extra > 0; extra -= 1) {
        start = this.#add(fork(this.build(part, start, loop), next));
      }
    } else {
      const again = this.#add({ op: 'done' });
      const body = this.build(part, again, loop === '' ? source : loop);
      this.steps[again] = fork(body, next);
      start = least === 0 ? again : body;
      copies = Math.max(0, least - 1);
    }
    for (; copies > 0; copies -= 1) start = this.build(part, start, loop);
    return start;
  }

  #add(step: Step): number {
    return this.steps.push(step) - 1;
  }

  #atom(source: string): number {
    const known = this.#numbers.get(source) ?? this.atoms.push(source) - 1;
    this.#numbers.set(source, known);
    return known;
  }
}

export function programOf(tree: Node): Program {
  const builder = new Builder();
  const start = builder.build(tree, 0, '');
  const { steps, atoms } = builder;
  return { steps, start, atoms, looks: steps.some(({ op }) => op === 'look') };
}
