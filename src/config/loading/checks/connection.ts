// How an AWS target's role is held and revoked: by a policy and a role that AWS would take for it.
import type { Fault } from '../../model.ts';
import { textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';
import type { Findings } from './common.ts';

interface Arn {
  readonly partition: string;
  readonly account: string;
  /** After the last slash. */
  readonly name: string;
}

/** Undefined where it is none, which is the schema's business. */
function arnAt({ data }: Source, key: string): Arn | undefined {
  const [, partition, account, name] =
    /^arn:(aws(?:-[a-z]+)*):iam::(\d{12}|aws):(?:role|policy)\/(?:.*\/)?([^/]+)$/u.exec(
      textAt(data, ['connection', key]) ?? '',
    ) ?? [];
  if (partition === undefined || account === undefined || name === undefined) return undefined;
  return { partition, account, name };
}

/** The account of the policies that AWS itself writes, which every account has. */
const OF_AWS = 'aws';

function elsewhere(source: Source, key: 'boundary' | 'revokerRoleArn', role: Arn): readonly Fault[] {
  const arn = arnAt(source, key);
  if (arn === undefined) return [];
  const what = key === 'boundary' ? 'policy' : 'role';
  const tell = (kind: string, has: string, needs: string) => [
    faultAt(
      source,
      ['connection', key],
      `\`${key}\` is of the ${kind} ${quoted(has)}, and the role is of ${quoted(needs)}: it must be a ${what} of the same ${kind}`,
    ),
  ];
  if (arn.partition !== role.partition) return tell('partition', arn.partition, role.partition);
  if (arn.account === role.account || (key === 'boundary' && arn.account === OF_AWS)) return [];
  return tell('account', arn.account, role.account);
}

/** Who revokes must not be who is revoked: the deny would be on both. */
function revokesItself(source: Source): readonly Fault[] {
  const roleArn = textAt(source.data, ['connection', 'roleArn']);
  if (roleArn === undefined || roleArn !== textAt(source.data, ['connection', 'revokerRoleArn'])) return [];
  const problem =
    '`revokerRoleArn` is the role whose sessions are vended, so a session could lift its own revocation: name a role that only the broker may assume';
  return [faultAt(source, ['connection', 'revokerRoleArn'], problem)];
}

/** Policies of AWS's own that hold next to nothing back. */
const WIDE: Readonly<Record<string, string>> = {
  AdministratorAccess: 'everything',
  PowerUserAccess: 'everything but managing permissions and accounts',
};

function boundsNothing(source: Source): readonly Fault[] {
  const boundary = arnAt(source, 'boundary');
  if (boundary?.account !== OF_AWS || !Object.hasOwn(WIDE, boundary.name)) return [];
  const problem = `${quoted(boundary.name)} allows ${WIDE[boundary.name]}, so as a boundary it holds next to nothing back: name a policy that allows no more than the role is for`;
  return [faultAt(source, ['connection', 'boundary'], problem)];
}

export function checkConnection(source: Source): Findings {
  const role = arnAt(source, 'roleArn');
  const misplaced =
    role === undefined
      ? []
      : [...elsewhere(source, 'boundary', role), ...elsewhere(source, 'revokerRoleArn', role)];
  return { faults: [...misplaced, ...revokesItself(source)], warnings: boundsNothing(source) };
}
