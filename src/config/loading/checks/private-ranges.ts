// Ranges of private addresses that let more be reached than whoever wrote them will have meant.
import { parseRange, type Range } from '../../../shared/addresses.ts';
import type { Fault } from '../../model.ts';
import { type Path, textsAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import type { Mode } from './facts.ts';

function holdsLoopback({ family, first, prefix }: Range): boolean {
  const [bits, lowest, highest] = family === 4 ? [32, 0x7f00_0000n, 0x7fff_ffffn] : [128, 1n, 1n];
  const last = first + (1n << BigInt(bits - prefix)) - 1n;
  return first <= highest && last >= lowest;
}

/** Of 10.0.0.0/8 and fc00::/7, the widest that are private. */
const WIDEST = { 4: 8, 6: 7 } as const;

function problemsOf(text: string, mode: Mode): readonly string[] {
  const range = parseRange(text);
  if (range === undefined) return [];
  const problems: string[] = [];
  if (mode === 'deployed' && holdsLoopback(range)) {
    problems.push(
      `${quoted(text)} holds loopback addresses: deployed, those are the function's own machine, and no target is there`,
    );
  }
  if (range.prefix < WIDEST[range.family]) {
    problems.push(
      `${quoted(text)} is wider than any private network: whatever the host's name resolves to then, the broker's own networks included, is sent the credential; list the range that the target is in`,
    );
  }
  return problems;
}

export function checkPrivate(source: Source, mode: Mode, ranges: Path): readonly Fault[] {
  return textsAt(source.data, ranges).flatMap(({ text, path }) =>
    problemsOf(text, mode).map((problem) => faultAt(source, path, problem)),
  );
}
