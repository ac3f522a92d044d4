// The operator's policies, parsed one by one, each with its id and its place.
import type { Config, Fault, PolicyFile } from '../config/index.ts';
import { canonicalJson, type Json } from '../shared/json.ts';
import { CedarFailed, cedar, type DetailedError, type PolicyJson } from './cedar.ts';
import { type Head, headOf } from './heads.ts';
import { cutPolicies, lineOfByte, type Piece } from './source.ts';
import { type Facts, factsOf } from './tree.ts';

export interface Policy {
  /** What its `@id` says, else file and line. */
  readonly id: string;
  readonly file: string;
  readonly piece: Piece;
  readonly head: Head;
}

export interface ParsedPolicy extends Policy {
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

/** Its facts, or why it can't be loaded. */
function understand(file: string, piece: Piece): { readonly json: PolicyJson } | { readonly fault: Fault } {
  const parsed = piece.depth > DEEPEST_BRACKETS ? 'failed' : parse(piece.text);
  if (parsed === 'failed') return { fault: { file, line: piece.line, problem: TOO_DEEP } };
  return 'json' in parsed ? parsed : { fault: syntaxFault(file, piece, parsed.error) };
}

function namedBy(json: PolicyJson): string | null | undefined {
  const annotations: Readonly<Record<string, string | null>> = json.annotations ?? {};
  return annotations['id'];
}

/** The pieces of a file, each with the id that it has where it names none itself. */
function placesIn({ file, text }: PolicyFile): readonly { readonly piece: Piece; readonly place: string }[] {
  const lines = new Set<number>();
  return cutPolicies(text).map((piece) => {
    const place = placeOf(file, piece, lines);
    lines.add(piece.line);
    return { piece, place };
  });
}

/** What is read without Cedar must be what Cedar reads: the index of policies stands on it. */
function assertSameHead(piece: Piece, facts: Facts, named: string | null | undefined): void {
  const read = headOf(piece);
  if (read === undefined) return;
  const { effect, principal, action, resource } = facts;
  const said = { effect, principal, action, resource, id: named ?? '' } as unknown as Json;
  const { id = '', ...head } = read;
  if (canonicalJson({ ...head, id } as unknown as Json) !== canonicalJson(said))
    throw new Error('a head was not read as Cedar reads it');
}

function parseFile(policyFile: PolicyFile, faults: Fault[]): readonly ParsedPolicy[] {
  const { file } = policyFile;
  return placesIn(policyFile).flatMap(({ piece, place }) => {
    const understood = understand(file, piece);
    if ('fault' in understood) {
      faults.push(understood.fault);
      return [];
    }
    const facts = factsOf(understood.json);
    const named = namedBy(understood.json);
    assertSameHead(piece, facts, named);
    if (facts.depth > DEEPEST_TREE) faults.push({ file, line: piece.line, problem: TOO_DEEP });
    if (named === '' || named === null) {
      const problem = 'an @id needs a name, as in @id("owners-decide")';
      faults.push({ file, line: piece.line, problem });
    }
    return [{ id: named || place, file, piece, head: facts, facts }];
  });
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
  readonly policies: readonly ParsedPolicy[];
  readonly faults: readonly Fault[];
} {
  const faults: Fault[] = [];
  const policies = config.policies.flatMap((file) => parseFile(file, faults));
  return { policies, faults: [...faults, ...duplicates(policies)] };
}

function refuse({ file, line, problem }: Fault): never {
  throw new Error(`${file}:${line}: ${problem}`);
}

/**
 * The policies of a config that was checked, by their heads alone: what their conditions say is read when it is asked
 * for, so that ten thousand are there at once.
 */
export function readPolicies(config: Pick<Config, 'policies'>): readonly Policy[] {
  const policies = config.policies.flatMap((policyFile) =>
    placesIn(policyFile).map(({ piece, place }): Policy => {
      const { file } = policyFile;
      const head = headOf(piece);
      if (head !== undefined) return { id: head.id ?? place, file, piece, head };
      const understood = understand(file, piece);
      if ('fault' in understood) return refuse(understood.fault);
      return { id: namedBy(understood.json) || place, file, piece, head: factsOf(understood.json) };
    }),
  );
  const [fault] = duplicates(policies);
  return fault === undefined ? policies : refuse(fault);
}

const known = new WeakMap<Policy, Facts>();

/** Throws where it does not parse, which a checked policy does. */
export function factsOfPolicy(policy: Policy): Facts {
  const before = known.get(policy);
  if (before !== undefined) return before;
  const understood = understand(policy.file, policy.piece);
  if ('fault' in understood) return refuse(understood.fault);
  const facts = factsOf(understood.json);
  known.set(policy, facts);
  return facts;
}
