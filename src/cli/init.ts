// `bailiwick init`: a newcomer's own config, which is the quickstart's.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { quickstart } from './paths.ts';

const USAGE = 'usage: bailiwick init DIR';
/** Anything else that lies in the quickstart is somebody's own. */
const COPIED =
  /^(?:broker\.yaml|(?:agents|targets|policies\/tests\/(?:allow|approve|deny))\/[^./][^/]*\.yaml|policies\/[^./][^/]*\.cedar|schemas\/[^./][^/]*\.json)$/u;

async function mayFill(dir: string): Promise<string | undefined> {
  try {
    const names = await readdir(dir);
    return names.length === 0 ? undefined : `${dir} is not empty: name a new directory`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    return code === 'ENOTDIR' ? `${dir} is not a directory` : `${dir} cannot be read (${String(code)})`;
  }
}

async function copyQuickstart(dir: string): Promise<void> {
  const from = await quickstart();
  const entries = await readdir(from, { recursive: true });
  const files = entries.map((entry) => entry.replaceAll('\\', '/')).filter((entry) => COPIED.test(entry));
  for (const file of files.sort()) {
    const to = join(dir, file);
    await mkdir(dirname(to), { recursive: true });
    // Never over something that came in between.
    await writeFile(to, await readFile(join(from, file)), { flag: 'wx' });
  }
}

/** Exit code 2, and one sentence, where the directory cannot be had. */
export async function initConfig(dir: string, lines: Lines = terminal): Promise<ExitCode> {
  const problem = await mayFill(dir);
  if (problem !== undefined) {
    lines.err(problem);
    return 2;
  }
  try {
    await copyQuickstart(dir);
  } catch (error) {
    lines.err(`${dir} cannot be written: ${error instanceof Error ? error.message : 'unknown error'}`);
    return 2;
  }
  lines.out(`Wrote a config to ${dir}. Its comments say what everything is for. Next:`);
  lines.out(`  npx bailiwick check ${dir}`);
  lines.out(`  npx bailiwick start --config ${dir}`);
  return 0;
}

export async function runInit(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  let positionals: readonly string[] = [];
  try {
    ({ positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} }));
  } catch (error) {
    lines.err(`${error instanceof Error ? error.message : 'unknown arguments'}\n${USAGE}`);
    return 2;
  }
  const [dir, ...rest] = positionals;
  if (dir === undefined || dir === '' || rest.length > 0) {
    lines.err(USAGE);
    return 2;
  }
  return initConfig(dir, lines);
}
