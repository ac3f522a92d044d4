// What the files say together, taken from whatever of them can be read, so that one fault does not cause another.
import { at, entriesAt, itemsAt, textAt, textsAt } from '../access.ts';
import type { Source } from '../source.ts';
import { type Demand, demandsOf } from './claims.ts';

export const ENVIRONMENTS = ['production', 'staging', 'development', 'test'] as const;

export type Mode = 'embedded' | 'deployed';

/** One file of a kind; without a source where it is not even YAML. */
export interface Entry {
  readonly file: string;
  readonly source: Source | undefined;
}

export interface Facts {
  /** Undefined where broker.yaml does not say. */
  readonly issuers: readonly string[] | undefined;
  /** By issuer, what every token of it that proves an agent must say. */
  readonly demands: ReadonlyMap<string, readonly Demand[]>;
  readonly environments: readonly string[] | undefined;
  /** Undefined where there is no `humans`, so that nobody could be known. */
  readonly people: readonly string[] | undefined;
  /** By target; undefined where its file does not say what it has. */
  readonly capabilities: ReadonlyMap<string, readonly string[] | undefined>;
}

export function nameOf(file: string): string {
  return file.replace(/^.*\//u, '').replace(/\.yaml$/u, '');
}

function issuersOf(data: unknown): readonly string[] | undefined {
  if (!Array.isArray(at(data, ['issuers']))) return undefined;
  return itemsAt(data, ['issuers']).flatMap((item) => textAt(item, ['issuer']) ?? []);
}

/** What its tokens must say by the issuer's `claims`, and what they must say to be its tokens for the broker at all. */
function demandsOfIssuer(item: unknown, issuer: string): readonly Demand[] {
  const audience = textAt(item, ['audience']);
  const audienceClaim = textAt(item, ['audienceClaim']) ?? 'aud';
  return [
    ...demandsOf(at(item, ['claims'])),
    ...demandsOf({ iss: issuer, ...(audience === undefined ? {} : { [audienceClaim]: audience }) }),
  ];
}

function demandsByIssuer(data: unknown): ReadonlyMap<string, readonly Demand[]> {
  return new Map(
    itemsAt(data, ['issuers']).flatMap((item) => {
      const issuer = textAt(item, ['issuer']);
      return issuer === undefined ? [] : [[issuer, demandsOfIssuer(item, issuer)] as const];
    }),
  );
}

function capabilitiesOf(targets: readonly Entry[]): ReadonlyMap<string, readonly string[] | undefined> {
  const known = new Map<string, readonly string[] | undefined>();
  for (const { file, source } of targets) {
    const declared = entriesAt(source?.data, ['capabilities']).map(([name]) => name);
    const id = textAt(source?.data, ['id']) ?? nameOf(file);
    known.set(id, declared.length === 0 ? undefined : declared);
  }
  return known;
}

export function gatherFacts(broker: Source | undefined, targets: readonly Entry[]): Facts {
  const data = broker?.data;
  const people = itemsAt(data, ['humans', 'people']).flatMap((item) => textAt(item, ['id']) ?? []);
  return {
    issuers: issuersOf(data),
    demands: demandsByIssuer(data),
    environments:
      broker === undefined
        ? undefined
        : [...ENVIRONMENTS, ...textsAt(data, ['environments']).map(({ text }) => text)],
    people: at(data, ['humans']) === undefined ? undefined : people,
    capabilities: capabilitiesOf(targets),
  };
}
