// What the broker writes down as it is used is of the classes that it should be, and allowed by the schema.
import { expect, it } from 'vitest';
import { ocsfRecord } from '../../../src/audit/ocsf/index.ts';
import { approvalParts, awaited, decide, KIM, OWNER } from '../../support/approvals.ts';
import { call, openFor } from '../../support/http-calls.ts';
import { ocsfProblems } from '../../support/ocsf.ts';
import { codeOf, createWorld } from '../../support/world.ts';

it('makes a record of everything that happens', async () => {
  const world = await createWorld();
  await world.use(approvalParts());
  await world.open({ token: 'nonsense' });
  await world.open({ capabilities: [{ capability: 'nowhere:read', parameters: {} }] });
  const opened = await openFor(world, 'tickets:read', 'tickets:drop', 'reports:list');
  expect(codeOf(await call(world, opened, { key: 'read' }))).toBe('ok');
  await call(world, opened, { key: 'read' });
  expect(codeOf(await call(world, opened, { target: 'elsewhere' }))).toBe('outside_task');
  for (const decision of ['approve', 'deny'] as const) {
    const { approval } = awaited(
      await call(world, opened, { method: 'DELETE', path: `/tickets/${decision.length}` }),
    );
    await world.drive(approval.id);
    await decide(world, approval.id, OWNER);
    await decide(world, approval.id, KIM, { decision });
    await world.drive(approval.id);
  }
  await world.issue(opened.task.id, opened.token, { wanted: [{ capability: 'reports:list' }] });
  await world.change('quarantine');
  await world.revoke(opened.task.id);
  await world.settle();

  const records = world.events.all().map(ocsfRecord);
  for (const record of records) expect(ocsfProblems(record)).toEqual([]);
  const classes = new Set(records.map((record) => record['class_name']));
  expect([...classes].sort()).toEqual([
    ...['API Activity', 'Authentication', 'Authorize Session', 'Entity Management'],
  ]);
  const types = new Set(world.told().map(({ type }) => type));
  expect(types.size).toBeGreaterThan(12);
});
