// What may be done: the operator's Cedar policies, checked, and asked.
export { checkPolicies, checkPolicySyntax } from './check.ts';
export { createPolicyEngine } from './engine.ts';
export type { CapabilityQuestion, Decision, HumanQuestion, PolicyEngine } from './model.ts';
