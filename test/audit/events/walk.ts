// Everything that is ever written down, once: each use case as it goes well and as it does not, by agents and by people.
import {
  type Caller,
  decideAsOperator,
  readApprovalAsOperator,
  readTaskEvents,
  recordConfig,
  revealOperation,
} from '../../../src/broker/index.ts';
import { approvalIn, approvalParts, awaited, GUEST, KIM, LEE, POLICIES } from '../../support/approvals.ts';
import { SECOND } from '../../support/clock.ts';
import { type AskedCall, call, TICKETS } from '../../support/http-calls.ts';
import { PARTS } from '../../support/parts.ts';
import { Revoking } from '../../support/revoking.ts';
import { codeOf, createWorld, HELD, OTHER_AGENT, type World } from '../../support/world.ts';

export const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
export const REASON = 'It is Monday';
const DONE_FOR = 'dana@example.com';
const LEDGER = { capability: 'ledger:read', parameters: {} };
const REPORTS = { capability: 'reports:write', parameters: {} };
const DROP = { capability: 'tickets:drop', parameters: {} };
const READ = { capability: 'tickets:read', parameters: {} };
const WRITE = { capability: 'tickets:write', parameters: {} };

type Opened = Awaited<ReturnType<World['opened']>>;

/** Some writes that nobody is asked about, and one thing that nobody may. */
const MORE_POLICIES = `permit (principal is Agent, action == Action::"tickets:write", resource);
forbid (principal is Agent, action in Action::"read", resource) when { context.impacts.contains("export") };`;

/** One config for it all, so that each event can be looked at by itself. */
function parts() {
  const asked = approvalParts({ policies: `${POLICIES}\n${MORE_POLICIES}` });
  const [agent] = asked.agents ?? [];
  const others = (PARTS.agents ?? []).filter(({ id }) => id !== agent?.id);
  if (agent === undefined) throw new Error('no agent');
  const capabilities = [...agent.capabilities, 'ledger:read', 'sandbox:read'];
  return {
    ...asked,
    agents: [{ ...agent, capabilities, maxTaskSeconds: 8 * 3600 }, ...others],
    targets: [...(PARTS.targets ?? []), TICKETS],
  };
}

/** As a door makes them: with a trace, and with why. */
function traced(world: World): void {
  const caller = world.caller.bind(world);
  world.caller = (...given) => {
    const made = caller(...given);
    return { ...made, facts: { ...made.facts, traceparent: TRACE, reason: REASON } };
  };
}

async function expectCode(answer: Promise<unknown>, code: string): Promise<void> {
  const came = codeOf(await answer);
  if (came !== code) throw new Error(`${came} where ${code} was expected`);
}

function open(world: World, ...capabilities: (typeof LEDGER)[]): Promise<Opened> {
  return world.opened({ requester: DONE_FOR, capabilities });
}

async function tasks(world: World): Promise<void> {
  const said = { requester: DONE_FOR };
  const { task, token } = await world.opened({ ...said, key: 'a' });
  await world.open({ ...said, key: 'a' });
  const nowhere = { capability: 'nowhere:read', parameters: {} };
  await expectCode(world.open({ ...said, capabilities: [nowhere] }), 'outside_ceiling');
  const sandbox = { capability: 'sandbox:read', parameters: {} };
  await expectCode(world.open({ ...said, capabilities: [sandbox] }), 'denied_by_policy');
  await expectCode(world.open({ token: 'nonsense' }), 'unauthenticated');
  const lead = await open(world, LEDGER);
  const handed = { agent: OTHER_AGENT, capabilities: [LEDGER] };
  const offered = await world.delegate(lead.task.id, lead.token, handed);
  await expectCode(
    world.delegate(lead.task.id, lead.token, { ...handed, capabilities: HELD }),
    'outside_task',
  );
  const below = { token: world.agentToken(OTHER_AGENT), capabilities: [LEDGER] };
  await world.opened({ ...below, delegation: 'id' in offered ? offered.id : '' });
  await world.finish(task.id, token);
  await world.revoke(lead.task.id);
}

async function credentials(world: World): Promise<void> {
  const iam = new Revoking(world);
  const held = () => world.opened({ requester: DONE_FOR, capabilities: HELD });
  const denied = await held();
  await expectCode(world.issue(denied.task.id, denied.token), 'ok');
  await expectCode(
    world.issue(denied.task.id, denied.token, { wanted: [{ capability: 'reports:list' }] }),
    'outside_task',
  );
  await world.finish(denied.task.id, denied.token);
  await iam.revoke();
  const waits = await held();
  await world.issue(waits.task.id, waits.token);
  world.revoker.write = async () => ({ problem: 'refused', detail: 'The role has no boundary.' });
  await world.finish(waits.task.id, waits.token);
  await iam.revoke();
  iam.answer();
  await withheld(world, await held());
  const failed = await held();
  world.sessions.answer = async () => ({ problem: 'refused', detail: 'Not trusted.' });
  await expectCode(world.issue(failed.task.id, failed.token), 'target_failed');
  // The process dies between STS and the outcome.
  const lost = await held();
  world.sessions.answer = async () => {
    throw new Error('gone');
  };
  await world.issue(lost.task.id, lost.token).catch(() => undefined);
  await world.settle();
  world.sessions.answer = async (request) => world.session(request);
}

/** The task ends while STS is asked. */
async function withheld(world: World, { task, token }: Opened): Promise<void> {
  world.sessions.answer = async (request) => {
    await world.finish(task.id, token);
    return world.session(request);
  };
  await expectCode(world.issue(task.id, token), 'task_over');
  world.sessions.answer = async (request) => world.session(request);
}

async function targets(world: World): Promise<void> {
  const opened = await open(world, READ, WRITE);
  const put: AskedCall = { method: 'PUT', body: Buffer.from('{"state":"open"}') };
  await expectCode(call(world, opened), 'ok');
  const large = Buffer.from(JSON.stringify({ note: 'Nothing to see here. '.repeat(4000) }));
  await expectCode(call(world, opened, { ...put, body: large }), 'ok');
  for (const _ of ['first', 'again']) await expectCode(call(world, opened, { ...put, key: 'k' }), 'ok');
  await expectCode(call(world, opened, { method: 'DELETE' }), 'outside_task');
  await expectCode(call(world, opened, { asExport: true }), 'denied_by_policy');
  world.outside.answer = async () => ({ problem: 'unavailable', sent: false, detail: 'Nobody there.' });
  await expectCode(call(world, opened), 'target_unavailable');
  world.outside.answer = async () => ({ problem: 'timeout', sent: true, detail: 'No answer.' });
  await expectCode(call(world, opened, { ...put, key: 'lost' }), 'outcome_unknown');
  world.outside.answer = async () => ({ status: 200, headers: [], body: Buffer.from('{}') });
}

function asPerson(world: World, id: string, groups: readonly string[], path: string): Caller {
  return world.caller(path, {}, { token: world.personToken(groups, id) });
}

async function vote(world: World, approval: string, decision: 'approve' | 'deny'): Promise<void> {
  world.clock.advance(SECOND);
  const caller = asPerson(world, KIM, ['security'], `/v1/approvals/${approval}/decision`);
  await expectCode(
    decideAsOperator(world.dependencies, caller, approval, { decision, reason: 'As agreed' }),
    'ok',
  );
  await world.drive(approval);
}

async function looksAt(world: World, id: string): Promise<void> {
  const guest = asPerson(world, GUEST, ['guests'], `/v1/approvals/${id}`);
  const no = { decision: 'approve' } as const;
  await expectCode(decideAsOperator(world.dependencies, guest, id, no), 'not_permitted');
  await expectCode(readApprovalAsOperator(world.dependencies, guest, id), 'not_found');
  const rules = await world.dependencies.rules();
  const approver = { id: LEE, groups: ['owners'], channel: 'login', tokenHash: 'f'.repeat(64) } as const;
  const looking = { approval: await approvalIn(world, id), approver, rules };
  const { facts } = asPerson(world, LEE, ['owners'], `/approve/${id}/operation`);
  await revealOperation(world.dependencies, looking, facts);
}

/** Of each way that what waits may end, one. */
async function approvals(world: World): Promise<void> {
  const ask = async (opened: Opened) => {
    const waits = awaited(await call(world, opened, { method: 'DELETE' }));
    world.clock.advance(2);
    await world.drive(waits.approval.id);
    return waits.approval.id;
  };
  const opened = await open(world, DROP, REPORTS);
  const yes = await ask(opened);
  await looksAt(world, yes);
  await vote(world, yes, 'approve');
  await vote(world, await ask(opened), 'deny');
  const late = await ask(opened);
  world.clock.advance(2 * 3_600_000);
  await world.drive(late);
  const wanted = [{ capability: 'reports:write' }];
  const granted = awaited(await world.issue(opened.task.id, opened.token, { wanted }));
  await vote(world, granted.approval.id, 'approve');
  await expectCode(world.issue(opened.task.id, opened.token, { wanted }), 'ok');
  const left = await ask(opened);
  await world.finish(opened.task.id, opened.token);
  await world.drive(left);
  const other = await open(world, DROP);
  const over = await ask(other);
  await world.revoke(other.task.id);
  await world.drive(over);
}

async function people(world: World, task: string): Promise<void> {
  for (const change of ['quarantine', 'reinstate', 'attest', 'disable'] as const) {
    await expectCode(world.change(change, { agent: OTHER_AGENT }), 'ok');
  }
  const nobody = world.personToken(['guests'], GUEST);
  await expectCode(world.change('disable', { token: nobody }), 'not_permitted');
  await expectCode(world.revoke(task, { token: nobody }), 'not_permitted');
  const auditor = world.caller(`/v1/tasks/${task}/events`, {}, { token: world.personToken(['security']) });
  await expectCode(readTaskEvents(world.dependencies, auditor, task, { limit: 100 }), 'ok');
}

/** In a world that was prepared so. */
export async function walked(prepare: (world: World) => void = () => undefined): Promise<World> {
  const world = await createWorld();
  prepare(world);
  await world.use(parts());
  traced(world);
  await recordConfig(world.dependencies, world.rules.config);
  await tasks(world);
  await credentials(world);
  await targets(world);
  await approvals(world);
  await people(world, world.tasks()[0]?.id ?? '');
  return world;
}
