// `npm run vectors -- FILE …`: signature vectors in the shape of Project Wycheproof's, run through our verifier.
import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { z } from 'zod';
import { SIGNATURE_ALGORITHMS, TokenRefused, verifySignature } from '../src/identity/index.ts';

/** A key, or a set of keys. Only public ones are of use; where a group has none, its secret shows that we take none. */
const Keys = z.union([
  z.looseObject({ keys: z.array(z.looseObject({})) }).transform(({ keys }) => keys),
  z.looseObject({}).transform((key) => [key]),
]);
const Vector = z.looseObject({
  tcId: z.number(),
  comment: z.string().default(''),
  // The JSON serialisation may stand here as an object. Encrypted tokens have `jwe` instead, which is nothing to us.
  jws: z.unknown().optional(),
  result: z.enum(['valid', 'invalid', 'acceptable']),
});
const VectorFile = z.looseObject({
  testGroups: z.array(
    z.looseObject({
      comment: z.string().default(''),
      public: Keys.optional(),
      private: Keys.optional(),
      tests: z.array(Vector),
    }),
  ),
});

const REASONS: Readonly<Record<string, string>> = {
  algorithm_not_allowed: 'shared secrets, `none` and curves beside ours are never taken',
  not_compact: 'only the compact form is taken, in its one spelling',
  key_not_found: 'a key is used with the one algorithm that it names, and for signatures',
  key_ambiguous: 'more than one key fits',
  key_unusable: 'the key is private, weak or malformed',
  critical_header: 'no extension is understood',
};

const VERDICTS = ['agreed', 'stricter', 'wrongly accepted', 'not signed'] as const;
type Verdict = (typeof VERDICTS)[number];

interface Outcome {
  readonly verdict: Verdict;
  readonly line: string;
}

async function outcomeOf(
  { tcId, comment, jws, result }: z.infer<typeof Vector>,
  group: z.infer<typeof VectorFile>['testGroups'][number],
): Promise<Outcome> {
  const name = `tcId ${tcId} (${group.comment}) ${comment}`;
  if (jws === undefined) return { verdict: 'not signed', line: name };
  const keys = (group.public ?? group.private ?? []) as readonly JWK[];
  const outcome = await verifySignature(jws as string, keys, { algorithms: SIGNATURE_ALGORITHMS });
  if (!(outcome instanceof TokenRefused)) {
    return { verdict: result === 'invalid' ? 'wrongly accepted' : 'agreed', line: name };
  }
  const reason = REASONS[outcome.problem];
  const line = `${name}: ${outcome.problem}${reason === undefined ? '' : `, since ${reason}`}`;
  return { verdict: result === 'valid' ? 'stricter' : 'agreed', line };
}

/** How many of the file's vectors we accept though they are marked invalid. */
async function run(file: string): Promise<number> {
  const { testGroups } = VectorFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const vectors = testGroups.flatMap((group) => group.tests.map((vector) => ({ vector, group })));
  if (vectors.length === 0) throw new Error('there is no vector in it');
  const outcomes = await Promise.all(vectors.map(({ vector, group }) => outcomeOf(vector, group)));
  const those = (verdict: Verdict) => outcomes.filter((outcome) => outcome.verdict === verdict);
  for (const verdict of ['wrongly accepted', 'stricter'] as const) {
    for (const { line } of those(verdict)) console.log(`${verdict}: ${line}`);
  }
  const counts = VERDICTS.map((verdict) => `${those(verdict).length} ${verdict}`);
  console.log(`${file}: ${vectors.length} vectors, ${counts.join(', ')}`);
  return those('wrongly accepted').length;
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error(
    'usage: npm run vectors -- FILE …, where each is JSON with `testGroups`, as Wycheproof has it',
  );
  process.exitCode = 2;
}
for (const file of files) {
  try {
    if ((await run(file)) > 0) process.exitCode ||= 1;
  } catch (error) {
    console.error(`${file}: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`);
    process.exitCode = 2;
  }
}
