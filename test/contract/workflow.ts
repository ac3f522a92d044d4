// What every adapter of Workflow must do.
import { expect, it } from 'vitest';
import type { Workflow } from '../../src/ports/workflow.ts';
import { until } from '../support/poll.ts';
import { fresh, type Open, useSubject } from './support/subject.ts';

/** A workflow whose executions begin by waiting with a token, and can be looked at. */
export interface Watched extends Workflow {
  /** What each execution was started with, one for each. */
  readonly started: () => readonly unknown[];
  /** What the execution of that approval waits with, once it does. */
  readonly tokenOf: (approval: string) => string | undefined;
  readonly woken: (approval: string) => number;
}

export function workflowContract(open: Open<Watched>): void {
  const subject = useSubject(open);

  /** An execution that waits. */
  async function waiting(): Promise<{ approval: string; token: string }> {
    const { port } = subject();
    const approval = fresh('appr');
    await port.start(approval);
    return { approval, token: await until('a token', () => port.tokenOf(approval)) };
  }
  const begun = (approval: string) =>
    subject()
      .port.started()
      .filter((input) => JSON.stringify(input) === JSON.stringify({ approval }));

  it("starts an execution that is told the approval's id, and nothing else", async () => {
    const { approval } = await waiting();
    expect(begun(approval)).toEqual([{ approval }]);
  });

  it('starts one however often it is told, before and after', async () => {
    const { port } = subject();
    const approval = fresh('appr');
    await Promise.all(Array.from({ length: 20 }, () => port.start(approval)));
    await until('a token', () => port.tokenOf(approval));
    await port.start(approval);
    expect(begun(approval)).toHaveLength(1);
    expect(port.woken(approval)).toBe(0);
  });

  it('wakes the execution that waits with a token, and no other', async () => {
    const { port } = subject();
    const [one, other] = [await waiting(), await waiting()];
    await port.wake(one.token);
    await until('the one that was woken', () => port.woken(one.approval) || undefined);
    expect(port.woken(one.approval)).toBe(1);
    expect(port.woken(other.approval)).toBe(0);
  });

  it('wakes with a token once, whoever uses it again', async () => {
    const { port } = subject();
    const [one, last] = [await waiting(), await waiting()];
    await Promise.all(Array.from({ length: 5 }, () => port.wake(one.token)));
    await port.wake(one.token);
    await port.wake(last.token);
    await until('the last that was woken', () => port.woken(last.approval) || undefined);
    expect(port.woken(one.approval)).toBe(1);
  });

  it.each(['no-token', 'token-of-nobody', 'x'.repeat(1024)])(
    'leaves everybody alone for %s',
    async (token) => {
      await expect(subject().port.wake(token)).resolves.toBeUndefined();
    },
  );
}
