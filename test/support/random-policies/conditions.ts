// Random conditions, about everything that there is. Some are such as no validator would pass: what comes of them must
// be the same all the same.
import fc from 'fast-check';
import { IMPACTS } from '../../../src/config/index.ts';
import {
  actionUid,
  agentUid,
  anyUid,
  ENVIRONMENTS,
  effectUid,
  GROUPS,
  groupUid,
  humanUid,
  join,
  one,
  quoted,
  targetUid,
  type,
  WORDS,
} from './text.ts';

const environment = one(ENVIRONMENTS.map(quoted));
const group = one(GROUPS.map(quoted));
const few = fc.nat({ max: 3 });
const compare = one(['<', '<=', '==', '!=', '>=', '>']);
const BIG = one(['9223372036854775807', '9223372036854775806', '9223372036854775805']);
const words = fc.subarray(WORDS);
const texts = words.map((found) => `[${found.map(quoted).join(', ')}]`);
const record = (names: readonly string[]) =>
  fc
    .tuple(...names.map(() => fc.nat({ max: 1 })))
    .map((numbers) => `{${names.map((name, i) => `${quoted(name)}: ${numbers[i]}`).join(', ')}}`);
const ofAll = record(GROUPS);

const approvals = fc.oneof(
  join`context.approvals.count ${compare} ${few}`,
  join`context.approvals.of[${group}] ${compare} ${few}`,
  join`context.approvals.of[${group}] >= 1`,
  join`context.approvals.of has ${group} && context.approvals.of[${group}] > 0`,
  join`context.approvals.of == ${ofAll}`,
  join`context.approvals == {count: ${few}, of: ${ofAll}}`,
  join`context has approvals.of.ops && context.approvals.of["ops"] == ${few}`,
  join`context.approvals has of.vault`,
  join`(if ${one(['principal is Agent', 'context.time.hour < 9'])} then context else context).approvals.of[${group}] >= 1`,
  join`{left: true, arg: context.approvals.of[${group}] >= 1}.${one(['left', 'arg'])}`,
  join`[context.approvals.of[${group}], 2].contains(context.approvals.of[${group}])`,
  join`context.approvals.count + ${BIG} > 0`,
  join`context.approvals.of[${group}] + ${BIG} > 0`,
);

const whoAndWhat = fc.oneof(
  join`principal ${one(['==', '!=', 'in'])} ${anyUid}`,
  join`resource ${one(['==', '!=', 'in'])} ${anyUid}`,
  join`action ${one(['==', '!=', 'in'])} ${actionUid}`,
  join`action in [${actionUid}, ${actionUid}]`,
  join`${actionUid} in ${effectUid}`,
  join`principal is ${type} in ${groupUid}`,
  join`resource is ${type}`,
  join`principal in [${groupUid}, ${agentUid}]`,
  join`[${agentUid}, ${humanUid}].contains(principal)`,
  join`${anyUid} in ${anyUid}`,
  join`principal.environment == ${environment}`,
  join`resource has ownerGroup && resource.ownerGroup == ${groupUid}`,
  join`resource.ownerGroup == ${groupUid}`,
  join`principal in resource.ownerGroup`,
  join`resource has target && principal in resource.target.ownerGroup`,
  join`resource has agent && resource.agent == ${agentUid}`,
  join`resource.agent.environment == ${environment}`,
  join`principal.environment ${one(['==', '!='])} resource.environment`,
  join`${agentUid}.environment == ${environment}`,
  join`${targetUid} has sensitivity && ${targetUid}.sensitivity == "internal"`,
  join`${anyUid} has owner`,
  join`principal has owner.team && principal.owner.team == "Data"`,
  join`principal.owner == resource.owner`,
  join`resource.kind == ${one(['"aws"', '"http"'])}`,
);

const setOf = one([
  'context.impacts',
  'context.operation.sql.reads',
  'context.operation.sql.writes',
  'context.operation.sql.functions',
  'context.operation.sql.statements',
  'context.operation.command.arguments',
  'context.operation.aws.actions',
]);
const longOf = one([
  'context.operation.maxRows',
  'context.task.age',
  'context.task.chainDepth',
  'context.time.hour',
]);
const textOf = one([
  'context.task.purpose',
  'context.task.requester.id',
  'context.time.weekday',
  'context.operation.http.route',
  'context.operation.http.method',
  'context.operation.command.line',
  'context.operation.kubernetes.container',
  'context.operation.parameters.prefix',
]);
const part = one(['sql', 'http', 'command', 'kubernetes', 'aws', 'maxRows', 'parameters', 'bogus']);

const context = fc.oneof(
  join`${setOf}.contains(${one(['"orders"', '"export"', '"s3:GetObject"', '1'])})`,
  join`${setOf}.${one(['containsAll', 'containsAny'])}(${texts})`,
  join`${setOf}.isEmpty()`,
  join`context.impacts == ${texts}`,
  join`context.impacts.isEmpty()`,
  join`context.impacts.contains(${one(IMPACTS.map(quoted))})`,
  join`context.operation has sql && context.operation.sql.writes.containsAny(${texts})`,
  join`context.operation has http && context.operation.http.method == "GET"`,
  join`context.operation has maxRows && context.operation.maxRows ${compare} ${one([10, 1000])}`,
  join`context.operation has ${part}`,
  join`context has operation.${part}`,
  join`context.operation has kubernetes.container`,
  join`context.operation.parameters has prefix && context.operation.parameters["prefix"] like "q*"`,
  join`context has ${one(['task', 'bogus', 'approvals', 'operation'])}`,
  join`${longOf} ${compare} ${one([0, 1, 9, 60])}`,
  join`${longOf} + ${BIG} > 0`,
  join`${textOf} like ${one(['"*"', '"tick*"', '"GET /*"', '"rm *"'])}`,
  join`${textOf} == ${one(['"monday"', '"ticket 1"', '"dana"', '"GET"', '"q3"'])}`,
  join`context.task has requester && context.task.requester.proven`,
  join`context.task.requester.proven`,
  join`context.task has requester.id`,
  join`context.task == {purpose: "ticket 1", age: 0, chainDepth: ${few}}`,
  join`context.time.now ${one(['<', '>='])} datetime("2026-05-04")`,
  join`context.time.now.toTime() < duration("12h")`,
  join`context.time.now.durationSince(datetime("2026-01-01")).toDays() > ${one([1, 100])}`,
  join`[1, 2, 3, 10, 12].contains(context.time.hour)`,
  join`context.caller.address.isInRange(ip(${one(['"10.0.0.0/8"', '"127.0.0.1"', '"::1"'])}))`,
  join`context.caller.address.isLoopback()`,
  join`context.caller.address == ip("10.1.2.3")`,
  join`decimal(${textOf}).lessThan(decimal("1.0"))`,
  join`ip(${textOf}).isIpv4()`,
  join`context ${one(['==', '!='])} context`,
);

export const { condition } = fc.letrec<{ condition: string; branch: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 2, arbitrary: one(['true', 'true', 'false']) },
    { weight: 6, arbitrary: approvals },
    { weight: 5, arbitrary: whoAndWhat },
    { weight: 4, arbitrary: context },
    { weight: 9, arbitrary: tie('branch') },
  ),
  branch: fc.oneof(
    join`(${tie('condition')}) && (${tie('condition')})`,
    join`(${tie('condition')}) || (${tie('condition')})`,
    join`!(${tie('condition')})`,
    join`if ${tie('condition')} then ${tie('condition')} else (${tie('condition')})`,
    join`(${tie('condition')}) ${one(['==', '!='])} (${tie('condition')})`,
    join`[${tie('condition')}, ${tie('condition')}].${one(['contains(true)', 'isEmpty()', 'contains(false)'])}`,
    join`{one: ${tie('condition')}, left: ${tie('condition')}}.${one(['one', 'left', 'other'])}`,
    join`(if ${tie('condition')} then principal else resource) ${one(['==', 'in'])} ${anyUid}`,
  ),
}));

// Approvals behind guards, most of which hold for some requests and not for others and never err.

const guard = fc.oneof(
  join`resource.ownerGroup ${one(['==', '!='])} Group::${group}`,
  join`resource.environment == ${environment}`,
  join`principal in Group::${group}`,
  join`principal in [Group::${group}, Agent::"lead"]`,
  join`principal ${one(['==', '!=', 'in'])} Agent::"alpha"`,
  join`principal is Agent in Group::${group}`,
  join`principal has ${one(['environment', 'bogus', 'owner.team'])}`,
  join`action in ${effectUid}`,
  join`Action::"web:read" in ${effectUid}`,
  join`context.impacts.${one(['contains("export")', 'isEmpty()', 'containsAny(["public"])', 'containsAll(["export"])'])}`,
  join`[principal.environment, "staging"].contains(resource.environment)`,
  join`context.operation has ${part}`,
  join`context has ${one(['approvals', 'approvals.of.ops', 'task.requester', 'bogus'])}`,
  join`context.operation has http && context.operation.http.route like ${one(['"GET /*"', '"*s"', '"*E*/t*"', '"*G*GET*"'])}`,
  join`context.operation has sql && context.operation.sql.writes.contains("orders")`,
  join`context.operation has maxRows && context.operation.maxRows ${compare} ${one([10, 11, '9007199254740993'])}`,
  join`context.time.hour ${compare} 7`,
  join`context.task.age ${compare} ${one([0, 60])}`,
  join`context.task.chainDepth ${compare} ${one([0, 1])}`,
  join`context.task.purpose like ${one(['"tick*"', '"*"', '"*up"'])}`,
  join`context.task.age + 9223372036854775807 > 0`,
  join`context.approvals.count ${compare} ${few}`,
);
const asked = fc.oneof(
  { weight: 6, arbitrary: join`context.approvals.of[${group}] >= ${one([1, 1, 2])}` },
  join`context.approvals.of[${group}] < 1`,
  join`context.approvals.of == ${ofAll}`,
);

/** What depends on whose approval is asked for only where something else holds. */
export const { guarded } = fc.letrec<{ guarded: string; branch: string }>((tie) => ({
  guarded: fc.oneof({ maxDepth: 3, withCrossShrink: true }, asked, tie('branch')),
  branch: fc.oneof(
    { weight: 3, arbitrary: join`(${guard}) && (${tie('guarded')})` },
    { weight: 2, arbitrary: join`(${guard}) || (${tie('guarded')})` },
    join`(${tie('guarded')}) ${one(['&&', '||'])} (${tie('guarded')})`,
    join`(${tie('guarded')}) && (${guard})`,
    join`if ${guard} then ${tie('guarded')} else (${tie('guarded')})`,
    join`if ${tie('guarded')} then ${guard} else (${guard})`,
    join`!(${tie('guarded')})`,
    join`(!(${guard})) && (${tie('guarded')})`,
    join`{left: ${tie('guarded')}, arg: ${tie('guarded')}}.${one(['left', 'arg'])}`,
    join`[${guard}, ${tie('guarded')}].${one(['contains(true)', 'contains(false)'])}`,
    join`(${guard}) == (${tie('guarded')})`,
    join`ip(if ${tie('guarded')} then "::1" else "10.0.0.1").isLoopback()`,
  ),
}));
