// Where the task's token comes from. A file is read anew each time, so that what is in it can be replaced.
import { readFile } from 'node:fs/promises';
import { WrongUse } from '../remote/trouble.ts';
import type { Asked } from './asked.ts';

async function inFile(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new WrongUse(`The token's file ${file} can't be read (${why}).`);
  });
  const token = text.trim();
  if (token === '') throw new WrongUse(`The token's file ${file} is empty.`);
  return token;
}

/** A flag goes before the environment; in the environment a file goes before a token, since it is the fresher. */
export function tokenSource(
  { token, tokenFile }: Pick<Asked, 'token' | 'tokenFile'>,
  environment: NodeJS.ProcessEnv,
): () => Promise<string> {
  if (token !== undefined && tokenFile !== undefined) {
    throw new WrongUse('Give the token by --token or by --token-file, not by both.');
  }
  if (token !== undefined) return async () => token;
  const file = tokenFile ?? environment['BAILIWICK_TOKEN_FILE'] ?? '';
  if (file !== '') return () => inFile(file);
  const said = environment['BAILIWICK_TOKEN'] ?? '';
  if (said.trim() !== '') return async () => said;
  throw new WrongUse(
    "There is no token: set BAILIWICK_TOKEN to the task's own (bwt_…), which came with the task, or name a file that holds it with --token-file or BAILIWICK_TOKEN_FILE.",
  );
}
