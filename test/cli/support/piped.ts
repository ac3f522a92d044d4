// The command with something on its standard input, as bytes, and what it writes, as bytes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { REPOSITORY } from '../../support/command.ts';

const COMMAND = fileURLToPath(new URL('../../../src/cli/bailiwick.mjs', import.meta.url));

export interface Piped {
  readonly code: number;
  readonly out: Buffer;
  readonly err: string;
}

/** Where `most` bytes are all that is read of its output, whoever reads goes away after them. */
export async function piped(
  args: readonly string[],
  input: Iterable<Buffer | string>,
  { most = Number.POSITIVE_INFINITY, nodeArguments = [] as readonly string[] } = {},
): Promise<Piped> {
  const child = spawn(process.execPath, [...nodeArguments, COMMAND, ...args], {
    cwd: REPOSITORY,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const parts: Buffer[] = [];
  let size = 0;
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdout.on('data', (part: Buffer) => {
    parts.push(part);
    size += part.length;
    if (size >= most) child.stdout.destroy();
  });
  // It may have heard enough before it has heard all.
  child.stdin.on('error', () => undefined);
  Readable.from(input, { objectMode: false }).pipe(child.stdin);
  const [code] = (await ended) as [number];
  return { code, out: Buffer.concat(parts), err };
}
