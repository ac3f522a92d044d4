// `bailiwick audit rotate-key`: the next key that an embedded broker signs its audit with.
import { parseArgs } from 'node:util';
import { NoSigningKey, rotateSigningKey } from '../../embedded/signing-keys.ts';
import { DEFAULT_DATA } from '../../embedded/walk.ts';
import { CannotStart, whyNot } from '../../embedded/why-not.ts';
import { type ExitCode, type Lines, terminal } from '../lines.ts';
import { oneLine } from '../print/safe.ts';

export const ROTATE_USAGE = 'usage: bailiwick audit rotate-key [--data DIR]';

function dataOf(args: readonly string[]): string {
  const options = { data: { type: 'string', default: DEFAULT_DATA } } as const;
  return parseArgs({ args: [...args], options }).values.data;
}

/** A broker may run meanwhile: it looks at its keys whenever it signs. */
export async function runRotateKey(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  let data: string;
  try {
    data = dataOf(args);
  } catch (error) {
    lines.err(oneLine(error instanceof Error ? error.message : 'wrong use'));
    lines.err(ROTATE_USAGE);
    return 2;
  }
  try {
    const { id, file } = await rotateSigningKey(data);
    lines.out(oneLine(`${file} is the next signing key, ${id}.`));
    lines.out('The next digest names it, and the one after that is signed with it. Keep the keys before it.');
    return 0;
  } catch (error) {
    const why = whyNot(error, { port: 0, data });
    if (error instanceof NoSigningKey) lines.err(oneLine(`No broker has signed anything in ${data} yet.`));
    else if (why instanceof CannotStart) lines.err(oneLine(why.message));
    else if (error instanceof Error) lines.err(oneLine(`No key was made: ${error.message}.`));
    else throw error;
    return 2;
  }
}
