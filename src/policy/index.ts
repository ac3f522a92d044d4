// What may be done: the operator's Cedar policies, checked, and asked.
export { countOf } from './approvers.ts';
export { type PlacedPolicy, type PolicyCase, placesOfPolicies } from './cases.ts';
export { checkPolicies, checkPolicySyntax } from './check.ts';
export { createPolicyEngine } from './engine.ts';
export {
  createExplainer,
  type Explained,
  type ExplainedPolicy,
  type Explainer,
  type Explanation,
} from './explain.ts';
export type { Unmet } from './explain-unmet.ts';
export { allInWords, approvalsInWords, valueInWords } from './explain-words.ts';
export type {
  Answer,
  DecidedTask,
  Decision,
  DecisionInput,
  HumanQuestion,
  Memory,
  Operation,
  OperatorQuestion,
  Permission,
  PolicyEngine,
} from './model.ts';
export { STRICTNESS } from './strictest.ts';
