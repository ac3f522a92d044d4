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
  type RefusedTokens,
  refusedKey,
  refusedPartition,
  SIGHTING_PARTITIONS,
  type Sighting,
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
