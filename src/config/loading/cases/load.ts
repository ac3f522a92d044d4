// Loads the operator's policy cases: each as a question and what must be answered, or everything that is wrong with it.
import { basename, dirname } from 'node:path/posix';
import {
  type DecidedTask,
  type DecisionInput,
  type HumanQuestion,
  type PolicyCase,
  placesOfPolicies,
} from '../../../policy/index.ts';
import type { Config, Fault } from '../../model.ts';
import { at } from '../access.ts';
import { checkShape } from '../explain.ts';
import { decode, NOT_UTF8, type ReadFile, readFiles } from '../files.ts';
import { inOrder } from '../load.ts';
import { faultAt, parseSource, type Source } from '../source.ts';
import { FOLDERS, findCases } from './files.ts';
import { type AgentCase, agentCaseFaults, type Named, type PersonCase, personCaseFaults } from './named.ts';

export interface LoadedCases {
  /** In the order of their files; those without a fault. */
  readonly cases: readonly PolicyCase[];
  readonly faults: readonly Fault[];
}

type Task = Pick<AgentCase, 'purpose' | 'requester' | 'age'>;

function inputOf({ agents }: Config, given: AgentCase): DecisionInput {
  const { agent: named, above, capability, parameters, operation, at: when, from: address } = given;
  const agent = named ?? Object.keys(agents)[0] ?? '';
  const now = Date.parse(when);
  const taskOf = (id: string, task: Task, chainDepth: number): DecidedTask => {
    // Whoever the root was opened for is handed down with a delegation, so that they stand here but once.
    const requester = task.requester ?? given.requester;
    return {
      agent: id,
      purpose: task.purpose ?? (Object.hasOwn(agents, id) ? agents[id]?.purpose : undefined) ?? '',
      ...(requester === undefined ? {} : { requester }),
      openedAt: new Date(now - (task.age ?? given.age ?? 0) * 1000).toISOString(),
      chainDepth,
    };
  };
  return {
    at: new Date(now).toISOString(),
    address,
    chain: [
      taskOf(agent, given, above.length),
      ...above.map((task, depth) => taskOf(task.agent, task, depth)),
    ],
    operations: [{ capability, parameters, ...operation }],
  };
}

function questionOf({ broker }: Config, { human: given, does, to }: PersonCase): HumanQuestion {
  const known = broker.humans?.people.find(({ id }) => id === given.id);
  const human = { id: given.id, groups: given.groups ?? known?.groups ?? [] };
  const { agent = '', target = '', task } = to ?? {};
  if (does === 'approve') {
    return { human, action: does, resource: { type: 'Approval', id: 'appr_case', agent, target } };
  }
  if (to === undefined) return { human, action: does, resource: { type: 'Broker' } };
  return {
    human,
    action: does,
    resource: task === undefined ? { type: 'Agent', id: agent } : { type: 'Task', id: 'task_case', agent },
  };
}

/** What is expected can't come of such a question, whatever the policies say. */
function outcomeFaults(source: Source, outcome: PolicyCase['outcome'], isPerson: boolean): readonly Fault[] {
  const faults: Fault[] = [];
  if (isPerson && outcome === 'needsApproval') {
    faults.push(
      faultAt(source, ['human'], 'what a person does needs no approval: put the case into allow/ or deny/'),
    );
  }
  const only = { approvals: 'needsApproval', code: 'denied' } as const;
  const folders = { approvals: 'approve/', code: 'deny/' } as const;
  for (const key of ['approvals', 'code'] as const) {
    if (at(source.data, ['expect', key]) === undefined || only[key] === outcome) continue;
    faults.push(faultAt(source, ['expect', key], `\`expect.${key}\` is for cases in ${folders[key]}`));
  }
  return faults;
}

interface Read {
  readonly faults: readonly Fault[];
  /** Only where there is no fault. */
  readonly value?: PolicyCase;
}

type Asks = PolicyCase['asks'];
type Given = Pick<AgentCase | PersonCase, 'about' | 'expect'>;

interface Asked {
  readonly faults: readonly Fault[];
  readonly asked?: { readonly given: Given; readonly asks: () => Asks };
}

function askedByAgent(source: Source, named: Named): Asked {
  const { value: given, faults } = checkShape('agentCase', source);
  if (given === undefined) return { faults };
  const asks = () => ({ operation: inputOf(named.config, given) });
  return { faults: agentCaseFaults(source, named, given), asked: { given, asks } };
}

function askedByPerson(source: Source, named: Named): Asked {
  const { value: given, faults } = checkShape('personCase', source);
  if (given === undefined) return { faults };
  const asks = () => ({ human: questionOf(named.config, given) });
  return { faults: personCaseFaults(source, named, given), asked: { given, asks } };
}

const OF_PEOPLE = ['human', 'does', 'to'];

function judged(source: Source, named: Named): Read {
  const { file } = source;
  const outcome = FOLDERS[basename(dirname(file))] ?? 'denied';
  const isPerson = OF_PEOPLE.some((key) => at(source.data, [key]) !== undefined);
  const { faults: own, asked } = (isPerson ? askedByPerson : askedByAgent)(source, named);
  const faults = [...outcomeFaults(source, outcome, isPerson), ...own];
  if (faults.length > 0 || asked === undefined) return { faults };
  const { about, expect } = asked.given;
  const lines = Object.keys(expect).map((key) => [key, source.lineOf(['expect', key])] as const);
  const value = { file, asks: asked.asks(), outcome, expect, lines: Object.fromEntries(lines) };
  return { faults, value: about === undefined ? value : { ...value, about } };
}

function readCase({ file, bytes }: ReadFile, named: Named): Read {
  const decoded = decode(bytes);
  if ('brokenLine' in decoded) return { faults: [{ file, line: decoded.brokenLine, problem: NOT_UTF8 }] };
  const { source, faults } = parseSource(file, decoded.text);
  if (source === undefined) return { faults };
  const read = judged(source, named);
  // What stands there twice was read as one of the two.
  return faults.length === 0 ? read : { faults: [...faults, ...read.faults] };
}

/** The cases in the directory that the config was loaded from. They are no part of it. */
export async function loadPolicyCases(dir: string, config: Config): Promise<LoadedCases> {
  const found = await findCases(dir);
  const read = await readFiles(found);
  const named = { config, policyIds: placesOfPolicies(config).map(({ id }) => id) };
  const cases = read.files.map((file) => readCase(file, named));
  return {
    cases: cases.flatMap(({ value }) => value ?? []),
    faults: inOrder([...found.faults, ...read.faults, ...cases.flatMap(({ faults }) => faults)]),
  };
}
