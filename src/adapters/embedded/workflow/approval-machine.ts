// The state machine of approvals: the very file that is deployed.
import { loadMachine, type Machine } from './language.ts';

export async function approvalMachine(): Promise<Machine> {
  const { default: definition } = await import('../../../../statemachines/approval.asl.json', {
    with: { type: 'json' },
  });
  return loadMachine(definition);
}
