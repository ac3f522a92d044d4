// Takes a secret out of what comes back from where it was sent, in every way in which it is written there.
import { createNameFinder } from './scrub-names.ts';
import { type Way, waysOf } from './scrub-ways.ts';
import type { Secret } from './secret.ts';

export const SCRUBBED = '[secret]';

/** A character that a piece of base64 shares with what stands beside the secret. */
const SHARED = /[A-Za-z0-9+/_-]/u;
/** So many parts of a way tell whether all of it is worth looking for. */
const BEGINNING = 8;
/** A pattern of a long secret is more than an engine takes: so many parts are one pattern. */
const SECTION = 64;

/** Patterns by how they begin: what many ways have in common is looked at once. */
interface Branch {
  readonly next: Map<string, Branch>;
  isEnd: boolean;
}

const newBranch = (): Branch => ({ next: new Map(), isEnd: false });

function patternOf({ next, isEnd }: Branch): string {
  if (isEnd) return '';
  const all = [...next].map(([part, branch]) => part + patternOf(branch));
  return all.length === 1 ? all.join('') : `(?:${all.join('|')})`;
}

function partsOf(way: Way, from: number, to: number): string[] {
  const size = Math.max(0, Math.min(way.size, to) - from);
  return Array.from({ length: size }, (_, at) => way.part(from + at));
}

/** What stands wherever one of the ways does. */
function beginningOf(ways: readonly Way[]): RegExp {
  const root = newBranch();
  for (const way of ways) {
    let branch = root;
    for (const part of partsOf(way, 0, BEGINNING)) {
      const next = branch.next.get(part) ?? newBranch();
      branch.next.set(part, next);
      branch = next;
    }
    branch.isEnd = true;
  }
  return new RegExp(patternOf(root), 'gu');
}

/** Looks ahead at how the next begins, so that it ends where that can. */
function sectionOf(way: Way, from: number, to: number): RegExp {
  const own = partsOf(way, from, to).join('');
  const ahead = partsOf(way, to, to + BEGINNING).join('');
  return new RegExp(ahead === '' ? own : `${own}(?=${ahead})`, 'uy');
}

/** Where what is written this way ends, if it begins there. */
type Follow = (text: string, start: number) => number | undefined;

/** Makes a section where all before it stood: of most ways none but the first, which is short, is ever made. */
function followerOf(way: Way): Follow {
  const sections: RegExp[] = [];
  const bounds = [0, BEGINNING];
  for (let to = BEGINNING + SECTION; to < way.size + SECTION; to += SECTION) bounds.push(to);
  const spans = bounds.slice(1).map((to, at) => [bounds[at] ?? 0, to] as const);
  return (text, start) => {
    let end = start;
    for (const [at, [from, to]] of spans.entries()) {
      sections[at] ??= sectionOf(way, from, to);
      const section = sections[at];
      section.lastIndex = end;
      if (!section.test(text)) return undefined;
      end = section.lastIndex;
    }
    return way.isShared && SHARED.test(text.charAt(end)) ? end + 1 : end;
  };
}

interface Found {
  readonly start: number;
  readonly end: number;
}

function createFinder(ways: readonly Way[]): (text: string, from: number) => Found | undefined {
  const beginning = beginningOf(ways);
  const followers = ways.map((way) => ({ follow: followerOf(way), isShared: way.isShared }));
  return (text, from) => {
    beginning.lastIndex = from;
    for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
      const { index } = match;
      for (const { follow, isShared } of followers) {
        const end = follow(text, index);
        if (end === undefined) continue;
        const sharesOne = isShared && index > from && SHARED.test(text.charAt(index - 1));
        return { start: sharesOne ? index - 1 : index, end };
      }
      // A pair is one character to a pattern, which from the middle of it would begin anew.
      beginning.lastIndex = index + ((text.codePointAt(index) ?? 0) > 0xff_ff ? 2 : 1);
    }
    return undefined;
  };
}

export interface Scrub {
  (text: string): string;
  /** Whether one of them stands in the name of a header, in whichever case: it may come in small letters. */
  readonly isInName: (name: string) => boolean;
}

const NOTHING_TO_SCRUB: Scrub = Object.assign((text: string) => text, { isInName: () => false });

/** Opens the secrets, which is why only who sends them makes one. Longer ones go first: one may hold another. */
export function createScrub(secrets: readonly Secret[]): Scrub {
  const values = [...new Set(secrets.map((secret) => secret.open()))].filter((value) => value !== '');
  if (values.length === 0) return NOTHING_TO_SCRUB;
  const sorted = values.toSorted((one, other) => other.length - one.length);
  const find = createFinder(sorted.flatMap(waysOf));
  const scrub = (text: string) => {
    let found = find(text, 0);
    if (found === undefined) return text;
    const kept: string[] = [];
    let from = 0;
    while (found !== undefined) {
      kept.push(text.slice(from, found.start));
      from = found.end;
      found = find(text, from);
    }
    return [...kept, text.slice(from)].join(SCRUBBED);
  };
  const isInSmallName = createNameFinder(sorted);
  const isInName = (name: string) => isInSmallName(name) || scrub(name) !== name;
  return Object.assign(scrub, { isInName });
}

/** Of what both take out, the first of them first. */
export function bothScrubs(first: Scrub, second: Scrub): Scrub {
  return Object.assign((text: string) => second(first(text)), {
    isInName: (name: string) => first.isInName(name) || second.isInName(name),
  });
}
