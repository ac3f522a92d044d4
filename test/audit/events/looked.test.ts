// An approval's page and its REST, opened by somebody who may not decide it: refused, and told once in a minute.
import { beforeEach, describe, expect, it } from 'vitest';
import { approvalPageEndpoints } from '../../../src/api/endpoints/approve.ts';
import { decideApproval, lookAtApproval, readApprovalAsOperator } from '../../../src/broker/index.ts';
import { openSession } from '../../../src/broker/login-session.ts';
import { apiRequest } from '../../support/api.ts';
import {
  approvalIn,
  approvalParts,
  approvalWorld,
  decide,
  GUEST,
  KIM,
  PEOPLE,
  type Waits,
  waiting,
} from '../../support/approvals.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { humanSettings } from '../../support/config.ts';
import { failingAt } from '../../support/meddling.ts';
import { codeOf, ISSUER_URL, type World } from '../../support/world.ts';

let world: World;
let waits: Waits;
beforeEach(async () => {
  world = await approvalWorld();
  waits = await waiting(world);
});

const told = () => world.told('approval.refused');

function read(id: string, groups: readonly string[]) {
  const caller = world.caller('/v1/approvals/{approval}', {}, { token: world.personToken(groups, id) });
  return readApprovalAsOperator(world.dependencies, caller, waits.approval.id);
}

/** By the link that they were sent. */
async function page(person: string) {
  const mail = world.people.mails.find(({ to }) => to === person);
  const [, key = ''] = /\?key=([A-Za-z0-9_-]+)/.exec(JSON.stringify(mail)) ?? [];
  const codeExchange = {
    provider: () => Promise.reject(new Error('nobody logs in here')),
    redeem: () => Promise.reject(new Error('nobody logs in here')),
  };
  const { secrets } = world.outside;
  const [endpoint] = approvalPageEndpoints({ ...world.dependencies, codeExchange, secrets });
  const parameters = { approval: waits.approval.id };
  return endpoint?.handle(apiRequest({ method: 'GET', parameters, query: [['key', key]] }));
}

/** Kim was asked, and is then moved to where nobody decides. */
async function demote(): Promise<void> {
  const people = PEOPLE.map((one) => (one.id === KIM ? { ...one, groups: ['guests'] } : one));
  await world.use(approvalParts({ humans: humanSettings({ issuer: ISSUER_URL, people }) }));
}

describe('by REST', () => {
  it('is as if there were none, and told with who and of what', async () => {
    expect(codeOf(await read(GUEST, ['guests']))).toBe('not_found');
    expect(told()).toEqual([
      expect.objectContaining({
        ...{ by: GUEST, channel: 'api', looked: true, code: 'not_permitted' },
        ...{ approval: waits.approval.id, call: waits.call, task: waits.task.id, target: 'tickets' },
        operation: [expect.objectContaining({ capability: 'tickets:drop' })],
        request: expect.objectContaining({ tokenHash: expect.any(String) }),
      }),
    ]);
  });

  it('is told of nobody who may decide it', async () => {
    expect(codeOf(await read(KIM, ['security']))).toBe('ok');
    expect(told()).toEqual([]);
  });
});

describe('by the page', () => {
  it('is told of whoever may not decide it any more', async () => {
    await demote();
    expect(await page(KIM)).toMatchObject({ status: 403 });
    expect(told()).toMatchObject([{ by: KIM, channel: 'link', looked: true, code: 'not_permitted' }]);
  });

  it('is told of nobody who may', async () => {
    expect(await page(KIM)).toMatchObject({ status: 200 });
    expect(told()).toEqual([]);
  });
});

it('is told once in a minute of each person and way', async () => {
  await demote();
  for (let tries = 0; tries < 5; tries += 1) {
    await read(KIM, ['guests']);
    await page(KIM);
    await read(GUEST, ['guests']);
    world.clock.advance(SECOND);
  }
  expect(told()).toHaveLength(3);
  world.clock.advance(MINUTE);
  await read(GUEST, ['guests']);
  expect(told()).toHaveLength(4);
});

it('is refused where that can not be written down, too', async () => {
  world.meddle = failingAt({ name: 'events.append' });
  expect(codeOf(await read(GUEST, ['guests']))).toBe('not_found');
  expect(told()).toEqual([]);
});

it('is another thing than to decide, of which every try is told', async () => {
  await read(GUEST, ['guests']);
  for (let tries = 0; tries < 3; tries += 1) {
    expect(codeOf(await decide(world, waits.approval.id, GUEST))).toBe('not_permitted');
  }
  expect(told().map(({ looked }) => looked)).toEqual([true, undefined, undefined, undefined]);
  expect((await approvalIn(world, waits.approval.id)).status).toBe('pending');
});

it('knows of whoever has logged in which ID token that was with', async () => {
  const issuer = ISSUER_URL;
  const login = { clientId: 'bailiwick', secret: 'oidc-login' };
  await world.use(approvalParts({ humans: humanSettings({ issuer, people: PEOPLE, login }) }));
  const tokenHash = 'a'.repeat(64);
  const person = { kind: 'human', id: KIM, groups: ['security'], tokenHash } as const;
  const { session } = await openSession(world.dependencies, person, { issuer, clientId: login.clientId });
  const looking = await lookAtApproval(world.dependencies, waits.approval.id, { key: undefined, session });
  if (!('approver' in looking)) throw new Error('nobody has logged in');
  const { approver, approval } = looking;
  const facts = { id: 'req-1', method: 'POST', route: '/approve/{approval}' };
  await decideApproval(world.dependencies, approver, approval.id, { decision: 'approve' }, facts);
  expect(world.told('call.decided')).toMatchObject([{ by: KIM, channel: 'login', request: { tokenHash } }]);
});
