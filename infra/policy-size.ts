// How large a policy is as IAM counts: in characters other than white space.

export const MOST_MANAGED_CHARACTERS = 6144;
export const MOST_TRUST_CHARACTERS = 2048;
/** On one role. Both this and the trust's are quotas that AWS raises, for the account alone that asks. */
export const MOST_MANAGED_POLICIES = 10;

/** The shortest that what is known only at deployment can be: with these a policy is never thought too large. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::AccountId': '000000000000',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('Ref' in value) return PSEUDO[String(value.Ref)] ?? '';
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, readonly unknown[]];
    return parts.map(text).join(separator);
  }
  return '';
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && /^(Ref|Fn::\w+)$/.test(first[0])) return text(value);
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]));
}

/** Of a document as the template has it, with all that is left to deployment in it. */
export function leastCharacters(document: unknown): number {
  return JSON.stringify(plain(document)).replace(/\s/g, '').length;
}
