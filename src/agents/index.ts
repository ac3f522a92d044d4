// Agents: their status and whether they are due for review.
export { type AgentState, agentKey, reviewProblem, statusProblem } from './status.ts';
