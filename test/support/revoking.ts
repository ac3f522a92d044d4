// A world whose Revoker notes what it asks IAM, and what a deny is expected to be.
import { reconcile, revokeAsked } from '../../src/broker/index.ts';
import type { Revoker, VendedRole } from '../../src/ports/revoker.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { MINUTE } from './clock.ts';
import { createWorld, type World } from './world.ts';

export const ROLE = 'arn:aws:iam::111122223333:role/bailiwick-reports';
export const LEDGER_ROLE = 'arn:aws:iam::111122223333:role/bailiwick-ledger';
export const LEDGER = [{ capability: 'ledger:read', parameters: {} }];

interface Asked {
  readonly what: 'read' | 'write';
  readonly role: VendedRole;
}

export const deny = (conditions: object, sid: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: conditions }],
});

export const tasksDenied = (...tasks: readonly string[]) =>
  deny({ StringEquals: { 'aws:PrincipalTag/task': [...tasks].sort() } }, 'EndedTasks');

export class Revoking {
  readonly world: World;
  /** What IAM was asked. */
  asked: Asked[] = [];
  /** What stands on each role. */
  readonly documents = new Map<string, string>();

  constructor(world: World) {
    this.world = world;
    this.answer();
  }

  /** From now on as IAM does. */
  answer(): void {
    const revoker: Revoker = {
      read: async (role) => {
        this.asked.push({ what: 'read', role });
        return { document: this.documents.get(role.roleArn) };
      },
      write: async (role, document) => {
        this.asked.push({ what: 'write', role });
        if (document === undefined) this.documents.delete(role.roleArn);
        else this.documents.set(role.roleArn, document);
        return 'written';
      },
    };
    Object.assign(this.world.revoker, revoker);
  }

  writes(): readonly Asked[] {
    return this.asked.filter(({ what }) => what === 'write');
  }

  standing(role = ROLE): unknown {
    return JSON.parse(this.documents.get(role) ?? 'null');
  }

  /** A task with a session, or the test fails. */
  async vended(opening: Parameters<World['opened']>[0] = {}) {
    const opened = await this.world.opened(opening);
    const wanted = opening.capabilities?.map(({ capability }) => ({ capability }));
    const { id } = opened.task;
    const issued = await this.world.issue(id, opened.token, wanted === undefined ? {} : { wanted });
    if (issued instanceof Refusal) throw new Error(issued.detail);
    return opened;
  }

  revoke(): Promise<void> {
    return revokeAsked(this.world.dependencies);
  }

  async minute(): Promise<void> {
    this.world.clock.advance(MINUTE);
    await reconcile(this.world.dependencies, { nothingUnderWay: false });
    await this.revoke();
  }

  async minutes(count: number): Promise<void> {
    for (let passed = 0; passed < count; passed += 1) await this.minute();
  }
}

export async function createRevoking(): Promise<Revoking> {
  return new Revoking(await createWorld());
}
