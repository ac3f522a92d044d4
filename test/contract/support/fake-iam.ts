// As much of IAM as is used here, in the query protocol: roles by name in the account of whoever asks, their inline
// policies within IAM's limit on all of them together, documents in IAM's encoding.
import { MOST_INLINE_CHARACTERS } from '../../../src/ports/revoker.ts';
import { fakeServer, type Listening } from './servers.ts';

export interface FakeRole {
  readonly arn: string;
  readonly boundary?: string;
  /** What its tag `bailiwick` says. */
  readonly tag?: string;
  /** By name. */
  readonly policies: Map<string, string>;
  /** Every document of the deny that was put, and undefined where it was taken away. */
  readonly versions: (string | undefined)[];
}

export interface AskedIam {
  readonly parameters: Readonly<Record<string, string>>;
  readonly accessKeyId: string;
}

export interface FakeIam extends Listening {
  /** What the wire carried, request by request. */
  readonly asked: AskedIam[];
  readonly actions: () => readonly string[];
  /** The roles that those see who ask with an access key id that begins so; the longest beginning counts. */
  readonly accounts: Map<string, Map<string, FakeRole>>;
  /** When set, that is the answer to these actions. */
  failure: { readonly status: number; readonly code: string; readonly on: readonly string[] } | undefined;
  /** So many names of policies in one answer. */
  pageSize: number;
}

/** Own credentials begin so, those of sessions otherwise. */
export const OWN = 'AKID';
export const ASSUMED = 'ASIA';

export function fakeRole(arn: string, given: Partial<FakeRole> = {}): FakeRole {
  return { arn, policies: new Map(), versions: [], ...given };
}

export function addRole(iam: FakeIam, asker: string, role: FakeRole): FakeRole {
  const roles = iam.accounts.get(asker) ?? new Map<string, FakeRole>();
  iam.accounts.set(asker, roles.set(role.arn.split('/').at(-1) ?? '', role));
  return role;
}

class IamError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const noSuchEntity = () => new IamError(404, 'NoSuchEntity');

/** As RFC 3986 has it, which is more than JavaScript's own encoding escapes. */
function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/gu,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function charactersIn(documents: Iterable<string>): number {
  return [...documents].join('').replace(/\s/gu, '').length;
}

type Parameters = AskedIam['parameters'];

function getRole({ arn, boundary, tag }: FakeRole): string {
  const bound =
    boundary === undefined
      ? ''
      : `<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType><PermissionsBoundaryArn>${boundary}</PermissionsBoundaryArn></PermissionsBoundary>`;
  const tags =
    tag === undefined
      ? ''
      : `<Tags><member><Key>owner</Key><Value>reports</Value></member><member><Key>bailiwick</Key><Value>${tag}</Value></member></Tags>`;
  const name = arn.split('/').at(-1);
  return `<Role><Path>/</Path><RoleName>${name}</RoleName><RoleId>AROAEXAMPLE</RoleId><Arn>${arn}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>${bound}${tags}</Role>`;
}

function getRolePolicy({ policies }: FakeRole, { PolicyName = '', RoleName = '' }: Parameters): string {
  const document = policies.get(PolicyName);
  if (document === undefined) throw noSuchEntity();
  return `<RoleName>${RoleName}</RoleName><PolicyName>${PolicyName}</PolicyName><PolicyDocument>${encoded(document)}</PolicyDocument>`;
}

function putRolePolicy(role: FakeRole, { PolicyName = '', PolicyDocument = '' }: Parameters): string {
  try {
    JSON.parse(PolicyDocument);
  } catch {
    throw new IamError(400, 'MalformedPolicyDocument');
  }
  const others = [...role.policies].filter(([name]) => name !== PolicyName).map(([, document]) => document);
  if (charactersIn([...others, PolicyDocument]) > MOST_INLINE_CHARACTERS)
    throw new IamError(409, 'LimitExceeded');
  role.policies.set(PolicyName, PolicyDocument);
  role.versions.push(PolicyDocument);
  return '';
}

function deleteRolePolicy(role: FakeRole, { PolicyName = '' }: Parameters): string {
  if (!role.policies.delete(PolicyName)) throw noSuchEntity();
  role.versions.push(undefined);
  return '';
}

function listRolePolicies({ policies }: FakeRole, { Marker = '0' }: Parameters, pageSize: number): string {
  const names = [...policies.keys()].sort();
  const [from, to] = [Number(Marker), Number(Marker) + pageSize];
  const members = names.slice(from, to).map((name) => `<member>${name}</member>`);
  const more = to < names.length;
  return `<PolicyNames>${members.join('')}</PolicyNames><IsTruncated>${more}</IsTruncated>${more ? `<Marker>${to}</Marker>` : ''}`;
}

function answerTo(iam: FakeIam, { parameters, accessKeyId }: AskedIam): string {
  const { Action = '', RoleName = '' } = parameters;
  if (iam.failure?.on.includes(Action)) throw new IamError(iam.failure.status, iam.failure.code);
  const account = [...iam.accounts.keys()]
    .filter((beginning) => accessKeyId.startsWith(beginning))
    .sort((a, b) => b.length - a.length)[0];
  const role = iam.accounts.get(account ?? '')?.get(RoleName);
  if (role === undefined) throw noSuchEntity();
  if (Action === 'GetRole') return getRole(role);
  if (Action === 'GetRolePolicy') return getRolePolicy(role, parameters);
  if (Action === 'PutRolePolicy') return putRolePolicy(role, parameters);
  if (Action === 'DeleteRolePolicy') return deleteRolePolicy(role, parameters);
  if (Action === 'ListRolePolicies') return listRolePolicies(role, parameters, iam.pageSize);
  throw new IamError(400, 'InvalidAction');
}

export async function startFakeIam(): Promise<FakeIam> {
  const asked: AskedIam[] = [];
  const server = await fakeServer((request, body, response) => {
    const parameters = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    const [, accessKeyId = ''] = /Credential=(\w+)\//u.exec(request.headers.authorization ?? '') ?? [];
    const one = { parameters, accessKeyId };
    asked.push(one);
    response.setHeader('content-type', 'text/xml');
    const { Action } = parameters;
    try {
      const result = answerTo(iam, one);
      response.end(
        `<${Action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${Action}Result>${result}</${Action}Result></${Action}Response>`,
      );
    } catch (error) {
      if (!(error instanceof IamError)) throw error;
      response.statusCode = error.status;
      const message = 'arn:aws:iam::111122223333:role/broker may not';
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${error.code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      );
    }
  });
  const actions = () => asked.map(({ parameters }) => parameters['Action'] ?? '');
  const iam: FakeIam = { ...server, asked, actions, accounts: new Map(), failure: undefined, pageSize: 100 };
  return iam;
}
