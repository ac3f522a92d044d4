// A role's inline policies: one read as it was written, and how much of their common limit the others take.
import { GetRolePolicyCommand, type IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';

/** More than fit into IAM's limit, so that whoever lists more lists something else. */
const MOST_POLICIES = 400;
const AT_ONCE = 8;

/** IAM gives documents as RFC 3986 encodes them. */
function decoded(document: string): string {
  try {
    return decodeURIComponent(document);
  } catch {
    // Not encoded, as from an emulator.
    return document;
  }
}

export async function readPolicy(
  client: IAMClient,
  roleName: string,
  policyName: string,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new GetRolePolicyCommand({ RoleName: roleName, PolicyName: policyName });
  const { PolicyDocument = '' } = await client.send(command, { abortSignal });
  return decoded(PolicyDocument);
}

async function policyNames(
  client: IAMClient,
  roleName: string,
  abortSignal: AbortSignal,
): Promise<readonly string[]> {
  const names: string[] = [];
  let marker: string | undefined;
  do {
    const input = { RoleName: roleName, ...(marker === undefined ? {} : { Marker: marker }) };
    const page = await client.send(new ListRolePoliciesCommand(input), { abortSignal });
    names.push(...(page.PolicyNames ?? []));
    marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (marker !== undefined && names.length <= MOST_POLICIES);
  if (names.length > MOST_POLICIES) throw new RangeError('a role has fewer inline policies than this');
  return names;
}

/** As IAM counts them: white space does not. */
function charactersIn(document: string): number {
  return document.replace(/\s/gu, '').length;
}

/** How many characters all inline policies of the role but one have. */
export async function charactersOfOthers(
  client: IAMClient,
  roleName: string,
  but: string,
  abortSignal: AbortSignal,
): Promise<number> {
  const names = (await policyNames(client, roleName, abortSignal)).filter((name) => name !== but);
  let sum = 0;
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE);
    const documents = await Promise.all(some.map((name) => readPolicy(client, roleName, name, abortSignal)));
    sum += documents.map(charactersIn).reduce((all, one) => all + one, 0);
  }
  return sum;
}
