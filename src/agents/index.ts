// Agents: their status, whether they are due for review, and those that nobody registered.
export {
  attested,
  ceilingOf,
  changedSinceReview,
  gained,
  isOverdue,
  reviewProblem,
  wideningProblem,
} from './review.ts';
export {
  fitted,
  isPlace,
  lastPlace,
  REFUSED_PARTITIONS,
  type RefusedTokens,
  refusedIndex,
  refusedKey,
  SIGHTING_PARTITIONS,
  type SightedFrom,
  type Sighting,
  sightedFromIndex,
  sightedFromKey,
  sightedFromPartition,
  sightingIndex,
  sightingKey,
} from './sightings.ts';
export {
  AGENT_CHANGES,
  type AgentChange,
  type AgentChangeName,
  type AgentState,
  type AgentStatus,
  agentKey,
  changeStatus,
  generationOf,
  seenKey,
  statusProblem,
} from './status.ts';
