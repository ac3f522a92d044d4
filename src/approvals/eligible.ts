// Who is whom, and who can never decide, whatever policy says: who asks, and who answers for any of the agents that do.
import type { Config, HumanSettings } from '../config/index.ts';
import type { Approval } from './model.ts';

/**
 * Addresses are told apart by nothing that letters' case says, nor by what nobody sees. Of a claim that an issuer does not
 * check, a blank would make another person, who approves what the first one asks.
 */
function plain(name: string): string {
  return name.normalize('NFKC').replace(UNSEEN, '').replace(/\.+$/u, '').toLowerCase();
}

const UNSEEN = /[\s\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;

/** The same person, however the id is written. */
export function isSamePerson(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

export type People = Pick<HumanSettings, 'people'> | undefined;

function entryOf(humans: People, name: string) {
  return humans?.people.find(({ id, email }) => isSamePerson(id, name) || isSamePerson(email ?? id, name));
}

/** The one name that stands for all that a person of the files is known by. */
export function personNamed(humans: People, name: string): string {
  return plain(entryOf(humans, name)?.id ?? name);
}

/** All that a person of the files is known by. */
function namesOf(humans: People, name: string): readonly string[] {
  const entry = entryOf(humans, name);
  return entry === undefined ? [name] : [name, entry.id, ...(entry.email === undefined ? [] : [entry.email])];
}

export type Ineligible = 'requester' | 'owner';

/** Undefined where policy is to be asked. */
export function ineligible(
  { agents, broker }: Pick<Config, 'agents' | 'broker'>,
  { requester, agent, ancestors }: Pick<Approval, 'requester' | 'agent' | 'ancestors'>,
  person: string,
): Ineligible | undefined {
  const names = namesOf(broker.humans, person);
  const isOne = (of: readonly string[]) =>
    of.some((one) =>
      names.some((name) => namesOf(broker.humans, one).some((other) => isSamePerson(other, name))),
    );
  if (requester !== undefined && isOne([requester])) return 'requester';
  const chain = [agent, ...ancestors.map((one) => one.agent)];
  const owners = chain.flatMap((id) => {
    const owner = Object.hasOwn(agents, id) ? agents[id]?.owner : undefined;
    return owner === undefined ? [] : [owner.email, ...owner.people];
  });
  return isOne(owners) ? 'owner' : undefined;
}
