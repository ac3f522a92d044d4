// What a task covers: exactly the capabilities it was opened with, with exactly their parameters; and what of it may
// be handed on.
import { canonicalJson } from '../shared/json.ts';
import type { HeldCapability, Parameters, RequestedCapability, Task } from './model.ts';

export type Coverage =
  | { readonly covered: true; readonly held: HeldCapability }
  | { readonly covered: false; readonly reason: 'not_held' | 'other_parameters' | 'ambiguous' };

/** Parameters left out are the task's own, unless it holds the capability more than once. */
export function coverageOf(task: Task, capability: string, parameters: Parameters | undefined): Coverage {
  const held = task.capabilities.filter((candidate) => candidate.capability === capability);
  const [first, second] = held;
  if (first === undefined) return { covered: false, reason: 'not_held' };
  if (parameters === undefined) {
    return second === undefined ? { covered: true, held: first } : { covered: false, reason: 'ambiguous' };
  }
  const wanted = canonicalJson(parameters);
  const same = held.find((candidate) => canonicalJson(candidate.parameters) === wanted);
  return same === undefined ? { covered: false, reason: 'other_parameters' } : { covered: true, held: same };
}

/** Whether a capability with some parameters reaches nothing that it does not reach with others. */
export type Narrower = (capability: string, wide: Parameters, narrow: Parameters) => boolean;

/** Whether something is part of what is held: the same capability, with equal or narrower parameters. */
export function isWithin(
  held: readonly RequestedCapability[],
  { capability, parameters }: RequestedCapability,
  narrower: Narrower,
): boolean {
  const wanted = canonicalJson(parameters);
  return held.some(
    (one) =>
      one.capability === capability &&
      (canonicalJson(one.parameters) === wanted || narrower(capability, one.parameters, parameters)),
  );
}
