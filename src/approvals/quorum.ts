// Whether those who said yes are enough, and what policy is told of them.
import { countOf } from '../policy/index.ts';
import { type People, personNamed } from './eligible.ts';
import type { Needed, Vote } from './model.ts';

/** As `context.approvals` has it: each person once, by whatever name, in every group that they were in. */
export function givenBy(votes: readonly Vote[], humans: People): Needed {
  const of: Record<string, number> = {};
  const yes = new Map<string, Vote>();
  for (const vote of votes) if (vote.decision === 'approve') yes.set(personNamed(humans, vote.by), vote);
  for (const { groups } of yes.values()) {
    for (const group of new Set(groups)) of[group] = countOf(of, group) + 1;
  }
  return { count: yes.size, of };
}

/** What is still missing, in the same form; undefined where nothing is. */
export function missing(needed: Needed, votes: readonly Vote[], humans: People): Needed | undefined {
  const given = givenBy(votes, humans);
  const of = Object.fromEntries(
    Object.entries(needed.of).flatMap(([group, many]) => {
      const left = many - countOf(given.of, group);
      return left > 0 ? [[group, left]] : [];
    }),
  );
  // Somebody of a group that is missing is one of those who are.
  const least = Math.max(0, ...Object.values(of));
  const count = Math.max(needed.count - given.count, least);
  return count <= 0 ? undefined : { count, of };
}
