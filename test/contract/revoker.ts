// What every adapter of Revoker must do.
import { expect, it } from 'vitest';
import type { Revoker, VendedRole } from '../../src/ports/revoker.ts';
import { type Open, useSubject } from './support/subject.ts';

function denyOf(...tasks: readonly string[]): string {
  const Condition = { StringEquals: { 'aws:PrincipalTag/task': tasks } };
  const statement = { Sid: 'EndedTasks', Effect: 'Deny', Action: '*', Resource: '*', Condition };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** The roles are there, and nothing stands on them. */
export function revokerContract(open: Open<Revoker>, roles: readonly [VendedRole, VendedRole]): void {
  const subject = useSubject(open);
  const [role, another] = roles;

  it('finds nothing where nothing was written', async () => {
    expect(await subject().port.read(role)).toEqual({ document: undefined });
  });

  it('reads what was written, to the letter', async () => {
    const { port } = subject();
    const odd = denyOf('task_1', 'a%20b+c', '100%', '"\\', 'é', "!'()*", '<&>');
    expect(await port.write(role, odd)).toBe('written');
    expect(await port.read(role)).toEqual({ document: odd });
  });

  it('puts a document in the place of the one before', async () => {
    const { port } = subject();
    await port.write(role, denyOf('task_1'));
    expect(await port.write(role, denyOf('task_2'))).toBe('written');
    expect(await port.read(role)).toEqual({ document: denyOf('task_2') });
  });

  it('keeps the roles apart', async () => {
    const { port } = subject();
    await port.write(role, denyOf('task_1'));
    await port.write(another, denyOf('task_2'));
    await port.write(another, undefined);
    expect(await port.read(role)).toEqual({ document: denyOf('task_1') });
    expect(await port.read(another)).toEqual({ document: undefined });
  });

  it('takes it away, also where there is nothing', async () => {
    const { port } = subject();
    await port.write(role, denyOf('task_1'));
    for (const _ of ['something', 'nothing']) {
      expect(await port.write(role, undefined)).toBe('written');
      expect(await port.read(role)).toEqual({ document: undefined });
    }
  });

  it('takes a document of 10,240 characters', async () => {
    const { port } = subject();
    const room = 10_240 - denyOf('').length;
    const largest = denyOf('x'.repeat(room));
    expect(largest).toHaveLength(10_240);
    expect(await port.write(role, largest)).toBe('written');
    expect(await port.read(role)).toEqual({ document: largest });
  });
}
