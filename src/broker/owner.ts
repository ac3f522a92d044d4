// Who answers for an agent, as the audit says it.
import type { AgentDefinition } from '../config/index.ts';
import type { Owner } from '../tasks/index.ts';

export function ownerOf({ owner }: AgentDefinition): Owner {
  return { team: owner.team, email: owner.email };
}

/** Nobody's, where the agent has left the files. */
export function ownerIfKnown(agent: AgentDefinition | undefined): { readonly owner?: Owner } {
  return agent === undefined ? {} : { owner: ownerOf(agent) };
}
