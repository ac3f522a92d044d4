// Who answers for an agent, as the audit says it.
import type { Config } from '../config/index.ts';
import type { Owner } from '../tasks/index.ts';

export function ownerOf({ agents }: Config, agent: string): Owner | undefined {
  const owner = agents[agent]?.owner;
  return owner === undefined ? undefined : { team: owner.team, email: owner.email };
}
