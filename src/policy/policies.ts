// The operator's policies, parsed one by one, each with its id and its place.
import type { Config, Fault, PolicyFile } from '../config/index.ts';
import { CedarFailed, cedar, type DetailedError, type PolicyJson } from './cedar.ts';
import { cutPolicies, lineOfByte, type Piece } from './source.ts';
import { type Facts, factsOf } from './tree.ts';

export interface Policy {
  /** What its `@id` says, else file and line. */
  readonly id: string;
  readonly file: string;
  readonly piece: Piece;
  readonly facts: Facts;
}

/**
 * Cedar's module has a small stack and dies when it is used up: seen at 130 nested brackets, and at 360 operators
 * in a chain. What passes here must also run.
 */
const DEEPEST_BRACKETS = 60;
const DEEPEST_TREE = 200;
const TOO_DEEP =
  'the policy is too long or nests too deep for Cedar: split it, or use a set with `contains` in place of a chain';

/** What Cedar says, without its own prefixes and internal names. */
export function sayError(error: DetailedError): string {
  const strip = (text: string) =>
    text
      .replace(/^failed to parse policy(?: with id `[^`]*`)? from string: /, '')
      .replace(/^for policy `[^`]*`, /, '');
  const hint = error.help ?? error.sourceLocations?.[0]?.label ?? undefined;
  return hint === undefined ? strip(error.message) : `${strip(error.message)}: ${strip(hint)}`;
}

function syntaxFault(file: string, piece: Piece, error: DetailedError | undefined): Fault {
  if (error === undefined) return { file, line: piece.line, problem: 'the policy does not parse' };
  const line = lineOfByte(piece, error.sourceLocations?.[0]?.start ?? 0);
  if (error.message.includes('got a template')) {
    const problem =
      'a template with slots (`?principal`, `?resource`) is never linked: name whom the policy is about';
    return { file, line, problem };
  }
  return { file, line, problem: `the policy does not parse: ${sayError(error)}` };
}

function parse(
  text: string,
): { readonly json: PolicyJson } | { readonly error: DetailedError | undefined } | 'failed' {
  try {
    const answer = cedar((module) => module.policyToJson(text));
    return answer.type === 'success' ? answer : { error: answer.errors[0] };
  } catch (error) {
    if (error instanceof CedarFailed) return 'failed';
    throw error;
  }
}

/** Two policies may share a line; then the second is told apart by its column. */
function placeOf(file: string, piece: Piece, taken: ReadonlySet<number>): string {
  const place = `${file.replace(/^policies\//, '')}:${piece.line}`;
  return taken.has(piece.line) ? `${place}:${piece.column}` : place;
}

function parseFile({ file, text }: PolicyFile, faults: Fault[]): readonly Policy[] {
  const lines = new Set<number>();
  const policies: Policy[] = [];
  for (const piece of cutPolicies(text)) {
    const place = placeOf(file, piece, lines);
    lines.add(piece.line);
    const parsed = piece.depth > DEEPEST_BRACKETS ? 'failed' : parse(piece.text);
    if (parsed === 'failed') {
      faults.push({ file, line: piece.line, problem: TOO_DEEP });
      continue;
    }
    if (!('json' in parsed)) {
      faults.push(syntaxFault(file, piece, parsed.error));
      continue;
    }
    const facts = factsOf(parsed.json);
    if (facts.depth > DEEPEST_TREE) faults.push({ file, line: piece.line, problem: TOO_DEEP });
    const annotations: Readonly<Record<string, string | null>> = parsed.json.annotations ?? {};
    const named = annotations['id'];
    if (named === '' || named === null) {
      faults.push({ file, line: piece.line, problem: 'an @id needs a name, as in @id("owners-decide")' });
    }
    policies.push({ id: named || place, file, piece, facts });
  }
  return policies;
}

function duplicates(policies: readonly Policy[]): readonly Fault[] {
  const first = new Map<string, Policy>();
  return policies.flatMap((policy) => {
    const other = first.get(policy.id);
    if (other === undefined) {
      first.set(policy.id, policy);
      return [];
    }
    const where = `${other.file}:${other.piece.line}`;
    const problem = `the policy id "${policy.id}" is already taken at ${where}: every id must be the only one`;
    return [{ file: policy.file, line: policy.piece.line, problem }];
  });
}

/** Every policy that parses, and a fault for everything that keeps the set from being loaded. */
export function parsePolicies(config: Pick<Config, 'policies'>): {
  readonly policies: readonly Policy[];
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const policies = config.policies.flatMap((file) => parseFile(file, faults));
  return { policies, faults: [...faults, ...duplicates(policies)] };
}
