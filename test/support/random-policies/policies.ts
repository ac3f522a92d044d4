// Random policies in every form that operators may write.
import fc from 'fast-check';
import { condition, guarded } from './conditions.ts';
import {
  actionUid,
  agentUid,
  effectUid,
  groupUid,
  humanUid,
  join,
  mostly,
  one,
  otherUid,
  targetUid,
  type,
} from './text.ts';

const principal = fc.oneof(
  { weight: 4, arbitrary: fc.constant('principal') },
  join`principal is ${one(['Agent', 'Agent', 'Human', 'Target'])}`,
  join`principal == ${fc.oneof(agentUid, agentUid, humanUid, targetUid)}`,
  join`principal in ${fc.oneof(groupUid, groupUid, agentUid, humanUid)}`,
  join`principal is ${one(['Agent', 'Human'])} in ${fc.oneof(groupUid, agentUid)}`,
);
const action = fc.oneof(
  { weight: 3, arbitrary: fc.constant('action') },
  join`action == ${actionUid}`,
  join`action in ${actionUid}`,
  join`action in ${effectUid}`,
  fc.array(actionUid, { maxLength: 4 }).map((uids) => `action in [${uids.join(' , ')}]`),
  fc.constant('action in [Action::"read", Action::"write", Action::"admin"]'),
);
const resource = fc.oneof(
  { weight: 4, arbitrary: fc.constant('resource') },
  join`resource is ${type}`,
  join`resource == ${fc.oneof(targetUid, targetUid, agentUid, otherUid)}`,
  join`resource in ${fc.oneof(targetUid, agentUid, groupUid, otherUid)}`,
  join`resource is ${one(['Target', 'Agent'])} in ${fc.oneof(targetUid, agentUid)}`,
);

const gap = mostly(fc.constant(' '), [
  '\n',
  '\t \r\n',
  ' // permit (principal, "; a comment\n',
  '\u00a0',
  ' //\n',
  '\u0085',
  '\u2028',
]);
const noteBefore = one(['@note("permit (principal, action, resource);")', '@note ( "forbid" )', '@flag']);
const noteAfter = mostly(fc.constant('@when("never; at all")'), [
  String.raw`@about("\"quoted\" // no comment")`,
]);
/** `#` stands for a number of its own. */
const named = mostly(one(['', '', '@id("rule-#")', '@ id ( "rule #" )', '@id("é #")']), [
  String.raw`@id("the \u{72}ule #")`,
]);

/** Only the head, as it may stand in a file: odd white space, comments, annotations. */
const head = fc
  .tuple(fc.subarray(['a', 'b']), noteBefore, named, noteAfter, one(['permit', 'permit', 'forbid']))
  .chain(([which, before, id, after, effect]) =>
    fc
      .tuple(
        principal,
        action,
        resource,
        fc.array(gap, { minLength: 9, maxLength: 9 }),
        one(['', '', '', ',']),
      )
      .map(([who, does, what, gaps, comma]) => {
        const space = (i: number) => gaps[i] ?? ' ';
        const notes = [which.includes('a') ? before : '', id, which.includes('b') ? after : ''];
        const start = notes.filter((note) => note !== '').join(space(0));
        const inner = [who, `,${space(1)}`, does, space(2), ',', what, comma].join('');
        return `${start}${space(3)}${effect}${space(4)}(${space(5)}${inner}${space(6)})${space(7)}`.trimStart();
      }),
  );

const clause = fc
  .tuple(one(['when', 'when', 'unless']), condition)
  .map(([kind, body]) => `${kind} { ${body} }`);
export const policy = fc
  .tuple(head, fc.oneof({ weight: 3, arbitrary: fc.array(clause, { maxLength: 2 }) }, fc.constant([])))
  .map(([start, clauses]) => `${start}${clauses.join(' ')};`);

/** So many in one place that those which heed approvals are asked apart from the others. */
const MANY = Array(12)
  .fill('forbid (principal is Agent, action, resource) when { resource.sensitivity == "restricted" };')
  .join('\n');

/** Without these, nearly all that is asked would be denied for want of a permit. */
const broad = one([
  'permit (principal, action, resource);',
  'permit (principal is Agent, action, resource) when { context.approvals.count >= 1 };',
  'permit (principal, action in Action::"read", resource is Target);',
  'permit (principal in Group::"ops", action, resource);',
  'permit (principal is Human, action, resource);',
  'permit (principal is Human, action == Action::"contain", resource in Group::"vault");',
  'forbid (principal is Human, action == Action::"restore", resource in Group::"owners");',
  'forbid (principal is Agent, action, resource is Target) when { context.approvals.of["ops"] < 1 };',
  MANY,
]);

const several = (first: fc.Arbitrary<string>, others: fc.Arbitrary<string>) =>
  fc.tuple(fc.array(first, { maxLength: 3 }), fc.array(others, { minLength: 1, maxLength: 6 })).map((texts) =>
    texts
      .flat()
      .map((text, i) => text.replace(/#/g, String(i)))
      .join('\n'),
  );

export const policies = several(broad, policy);

const asking = fc
  .tuple(
    one(['permit', 'permit', 'forbid']),
    one(['action', 'action in Action::"read"']),
    fc.array(guarded, { minLength: 1, maxLength: 2 }),
  )
  .chain(([effect, does, bodies]) =>
    fc
      .tuple(...bodies.map((body) => one([`when { ${body} }`, `when { ${body} }`, `unless { ${body} }`])))
      .map((clauses) => `${effect} (principal is Agent, ${does}, resource) ${clauses.join(' ')};`),
  );

/** Policies that ask for people of many groups, each under other conditions. Little is permitted without them. */
export const askingPolicies = several(
  one(['', '', '', 'permit (principal, action in Action::"read", resource);']),
  asking,
);
