// What may be done: the operator's Cedar policies, checked, and asked.
export type { CapabilityQuestion, Decision, HumanQuestion, PolicyEngine } from './model.ts';
