// What Cedar is told of an operation: the context, and what the operation changes beyond its target.
import type { Capability, Config } from '../config/index.ts';
import { plainAddress } from '../shared/addresses.ts';
import { millisecondsBetween, readMoment, writtenMoment } from '../shared/moments.ts';
import { type Approvals, countOf, NO_APPROVALS } from './approvers.ts';
import type { CedarValueJson } from './cedar.ts';
import type { DecidedTask, DecisionInput, Operation } from './model.ts';
import { localTime } from './time.ts';

export type Context = Readonly<Record<string, CedarValueJson>>;

/** A capability of a target, by the names under which the config has them. */
export interface Asked {
  readonly target: string;
  readonly capability: string;
  readonly definition: Capability;
  readonly operation: Operation;
}

/** A read that asks for more than it is capped at takes data out, whatever it is called. */
function asksForMore({ definition: { effect, exportAbove }, operation }: Asked): boolean {
  if (effect !== 'read' || exportAbove === undefined) return false;
  return (
    operation.export === true || (operation.maxRows ?? 0) > (exportAbove.rows ?? Number.POSITIVE_INFINITY)
  );
}

/** Where the blast radius changes. Sorted, each once. */
function impactsOf(config: Config, agent: string, asked: Asked): readonly string[] {
  const apart = config.agents[agent]?.environment !== config.targets[asked.target]?.environment;
  const impacts = [
    ...asked.definition.impacts,
    ...(apart ? ['boundary'] : []),
    ...(asksForMore(asked) ? ['export'] : []),
  ];
  return [...new Set(impacts)].sort();
}

const distinct = (values: readonly string[]) => [...new Set(values)];

function commandOf([program = '', ...rest]: readonly string[]) {
  return { program, arguments: distinct(rest), line: [program, ...rest].join(' ') };
}

function operationOf({ definition, operation }: Asked): CedarValueJson {
  const { parameters, http, sql, command, kubernetes, maxRows } = operation;
  const statements = definition.statements ?? [];
  return {
    parameters,
    ...(statements.length === 0
      ? {}
      : { aws: { actions: distinct(statements.flatMap(({ actions }) => actions)) } }),
    ...(http === undefined ? {} : { http: { method: http.method, route: http.route } }),
    ...(sql === undefined
      ? {}
      : {
          sql: {
            statements: distinct(sql.statements),
            reads: distinct(sql.reads),
            writes: distinct(sql.writes),
            functions: distinct(sql.functions),
          },
        }),
    ...(command === undefined ? {} : { command: commandOf(command.argv) }),
    ...(kubernetes === undefined ? {} : { kubernetes: { ...kubernetes } }),
    ...(maxRows === undefined ? {} : { maxRows }),
  };
}

function taskOf({ purpose, requester, openedAt, chainDepth }: DecidedTask, at: Date): CedarValueJson {
  const person = requester === undefined ? {} : { requester: { id: requester.id, proven: requester.proven } };
  const age = Math.floor(millisecondsBetween(openedAt, at) / 1000);
  return { purpose, age, chainDepth, ...person };
}

/** Approvals are left out: they are added where they are sought. */
export function contextOf(
  config: Config,
  { at, address }: Pick<DecisionInput, 'at' | 'address'>,
  task: DecidedTask,
  asked: Asked,
): Context {
  const now = new Date(readMoment(at));
  const { hour, minute, weekday } = localTime(now, config.broker.timeZone);
  return {
    operation: operationOf(asked),
    impacts: [...impactsOf(config, task.agent, asked)],
    task: taskOf(task, now),
    time: { now: { __extn: { fn: 'datetime', arg: writtenMoment(now) } }, hour, minute, weekday },
    caller: { address: { __extn: { fn: 'ip', arg: plainAddress(address) ?? '' } } },
  };
}

export function approvalsContext(
  groups: readonly string[],
  { count, of }: Approvals = NO_APPROVALS,
): Context {
  return { approvals: { count, of: Object.fromEntries(groups.map((group) => [group, countOf(of, group)])) } };
}
