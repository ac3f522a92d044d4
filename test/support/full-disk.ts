// Runs a piece of a program where nothing more can be written to any file.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What the program prints. Its imports are given by their paths from the root of the repository. */
export async function onFullDisk(program: string, ...args: readonly string[]): Promise<string> {
  const from = new URL('../../', import.meta.url).href;
  const whole = program.replaceAll("from '#/", `from '${from}`);
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    // A limit on the size of files: to the program it is the same as a disk without room.
    'ulimit -f 0; exec "$0" "$@"',
    process.execPath,
    '--input-type=module',
    '--eval',
    whole,
    ...args,
  ]);
  return stdout.trim();
}
