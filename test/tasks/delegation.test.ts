// A delegation is accepted as one task, whichever request of that task's comes first.
import { describe, expect, it } from 'vitest';
import { makeId, tailFrom } from '../../src/shared/ids.ts';
import { acceptDelegation, type Delegation, delegationKey, MOST_ANCESTORS } from '../../src/tasks/index.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const LATER = new Date('2026-03-02T12:00:01Z');
const taskAt = (at: Date, ...parts: readonly string[]) => makeId('task', at, tailFrom(...parts));

const OFFERED: Delegation = {
  id: makeId('dele', NOW, tailFrom('a')),
  status: 'offered',
  task: taskAt(NOW, 'above'),
  from: 'lead',
  ancestors: [{ task: taskAt(NOW, 'above'), agent: 'lead' }],
  agent: 'scout',
  capabilities: [{ capability: 'store:list', parameters: {} }],
  offeredAt: NOW.toISOString(),
  expiresAt: LATER.toISOString(),
  requestHash: 'r',
  event: makeId('evt', NOW, tailFrom('e')),
  configDigest: 'd',
};

describe('acceptDelegation', () => {
  it('says as what it was accepted, and leaves the rest as it was offered', () => {
    const task = taskAt(NOW, 'k');
    expect(acceptDelegation(OFFERED, task)).toEqual({ ...OFFERED, status: 'accepted', acceptedAs: task });
    expect(OFFERED).not.toHaveProperty('acceptedAs');
  });

  it('accepts it once: another task gets nothing', () => {
    const accepted = acceptDelegation(OFFERED, taskAt(NOW, 'k'));
    expect(accepted && acceptDelegation(accepted, taskAt(NOW, 'other'))).toBeUndefined();
  });

  it('is the same for the same request at another time, which changes nothing', () => {
    const accepted = acceptDelegation(OFFERED, taskAt(NOW, 'k'));
    expect(accepted && acceptDelegation(accepted, taskAt(LATER, 'k'))).toBe(accepted);
  });

  it.each(['', 'task_', OFFERED.task.toUpperCase(), 'constructor'])('takes %j for no task', (task) => {
    const accepted = acceptDelegation(OFFERED, taskAt(NOW, 'k'));
    expect(() => accepted && acceptDelegation(accepted, task)).toThrow(TypeError);
  });
});

describe('delegationKey', () => {
  it('is the same for an id at another time, since a key must meet what it made before', () => {
    const at = (time: Date) => delegationKey(makeId('dele', time, tailFrom('a')));
    expect(at(NOW)).toEqual(at(LATER));
    expect(at(NOW)).not.toEqual(delegationKey(makeId('dele', NOW, tailFrom('b'))));
  });

  it.each(['dele_', 'dele_../../agent/x', `${OFFERED.id}\n`, `${OFFERED.id}0`, '__proto__'])(
    'has no place for %j',
    (id) => {
      expect(() => delegationKey(id)).toThrow(TypeError);
    },
  );
});

it('lets five tasks stand above one', () => {
  expect(MOST_ANCESTORS).toBe(5);
});
