// All that accuracy is measured on: each kind of value in many surroundings, whole documents, and what is harmless.
import { DOCUMENTS, documentOf } from './documents.ts';
import { CONTACT } from './kinds/contact.ts';
import { FINANCIAL } from './kinds/financial.ts';
import type { Kind } from './kinds/kind.ts';
import { NATIONAL } from './kinds/national.ts';
import { NETWORK } from './kinds/network.ts';
import { SECRETS } from './kinds/secrets.ts';
import { type Sample, sampleOf } from './marked.ts';
import { NEGATIVES } from './negatives.ts';
import { createRandom, LOCALES, type World, worldOf } from './random.ts';
import { shaped } from './shapes.ts';

const KINDS: readonly Kind[] = [...FINANCIAL, ...NATIONAL, ...CONTACT, ...NETWORK, ...SECRETS];
export const KIND_OF: ReadonlyMap<string, Kind> = new Map(KINDS.map((kind) => [kind.type, kind]));

/** The same for one name whatever else is made: a new kind changes no other's samples. */
function seedOf(name: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

function many(
  name: string,
  seed: number,
  count: number,
  make: (world: World) => Sample,
  kind?: Kind,
): Sample[] {
  const random = createRandom(seedOf(name, seed));
  return Array.from({ length: count }, () => make(worldOf(random, random.pick(kind?.locales ?? LOCALES))));
}

/** `count` of each kind, half as many of each document, as many of each harmless text. */
export function corpusOf(seed: number, count: number): readonly Sample[] {
  const positive = KINDS.flatMap((kind) =>
    many(
      kind.type,
      seed,
      count,
      (world) => {
        const { marked, shape } = shaped(kind, world);
        return sampleOf(marked, shape);
      },
      kind,
    ),
  );
  const documents = Object.keys(DOCUMENTS).flatMap((name) =>
    many(`document ${name}`, seed, Math.ceil(count / 2), (world) =>
      sampleOf(documentOf(name, world, KIND_OF), `document: ${name}`),
    ),
  );
  const harmless = Object.entries(NEGATIVES).flatMap(([name, make]) =>
    many(`harmless ${name}`, seed, count, (world) => sampleOf(make(world), `harmless: ${name}`)),
  );
  return [...positive, ...documents, ...harmless];
}
