// Sees to every role that was asked for since it was last looked at, for a broker of one process.
import { ASKED_PARTITIONS } from '../credentials/index.ts';
import { type RevokerDependencies, revokeSessions } from './revoke-sessions.ts';
import { readRole } from './role-lease.ts';

const PAGE = 100;

/** The roles that were asked for within the last days. */
export async function* askedRoles({ records }: Pick<RevokerDependencies, 'records'>) {
  for (const partition of ASKED_PARTITIONS) {
    let cursor: string | undefined;
    do {
      const page = await records.listIndex(partition, {
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const roles = page.items.map(({ partition: asked }) => asked.slice(asked.indexOf('/') + 1));
      const found = await Promise.all(roles.map((role) => readRole({ records }, role)));
      for (const [place, hash] of roles.entries()) {
        const role = found[place];
        if (role !== undefined) yield { hash, ...role };
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}

export async function revokeAsked(dependencies: RevokerDependencies): Promise<void> {
  for await (const { hash, asked, state } of askedRoles(dependencies)) {
    if (asked !== state.done) await revokeSessions(dependencies, hash);
  }
}
