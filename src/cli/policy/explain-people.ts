// What a person would do, given by flags.
import type { Config } from '../../config/index.ts';
import type { HumanQuestion } from '../../policy/index.ts';
import { closest } from '../../shared/closest.ts';
import { WrongUse } from '../remote/trouble.ts';
import { type Flags, listIn } from './explain-flags.ts';

const ACTIONS = ['approve', 'contain', 'restore', 'audit'] as const;
/** Of things that are only thought of. */
const [SOME_TASK, SOME_APPROVAL] = ['task_hypothetical', 'appr_hypothetical'];

function known(what: string, table: Readonly<Record<string, unknown>>, id: string | undefined): string {
  if (id === undefined) throw new WrongUse(`Say which ${what} with --${what}.`);
  if (Object.hasOwn(table, id)) return id;
  const close = closest(id, Object.keys(table));
  throw new WrongUse(
    `The files have no ${what} ${id}.${close === undefined ? '' : ` Did you mean ${close}?`}`,
  );
}

/** Groups that are not said are those that the files give the person. */
function groupsOf({ broker }: Config, human: string, said: Flags['groups']): readonly string[] {
  return said === undefined
    ? (broker.humans?.people.find(({ id }) => id === human)?.groups ?? [])
    : listIn(said);
}

export function humanQuestionOf(config: Config, flags: Flags): HumanQuestion {
  const { human = '', action, agent, target, task } = flags;
  const named = ACTIONS.find((one) => one === action);
  if (human === '') throw new WrongUse('Say who with --human ID.');
  if (named === undefined) throw new WrongUse(`Say what they would do with --action ${ACTIONS.join('|')}.`);
  const who = { id: human, groups: groupsOf(config, human, flags.groups) };
  if (named === 'approve') {
    const of = {
      agent: known('agent', config.agents, agent),
      target: known('target', config.targets, target),
    };
    return { human: who, action: named, resource: { type: 'Approval', id: SOME_APPROVAL, ...of } };
  }
  if (target !== undefined) throw new WrongUse('--target means something for --action approve only.');
  if (agent === undefined) {
    if (named === 'restore' || task) throw new WrongUse('Say which agent with --agent.');
    return { human: who, action: named, resource: { type: 'Broker' } };
  }
  const id = known('agent', config.agents, agent);
  if (!task) return { human: who, action: named, resource: { type: 'Agent', id } };
  if (named === 'restore') throw new WrongUse('Agents are restored, not tasks.');
  return { human: who, action: named, resource: { type: 'Task', id: SOME_TASK, agent: id } };
}
