// A virtual environment of pinned Python packages, made once and kept until the pins change.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessProblem, type RunOptions, run } from './process.ts';

const OLDEST = [3, 11] as const;
const MISSING = `test:aws needs Python ${OLDEST.join('.')} or newer as \`python3\`, with its venv module`;

export interface PythonOptions {
  readonly requirements: string;
  /** The environment is made in a folder of this one. */
  readonly cache: string;
  readonly signal: AbortSignal;
}

/** The path of the environment's `python`. */
export async function pythonEnvironment(options: PythonOptions): Promise<string> {
  const version = pythonVersion();
  const pins = readFileSync(options.requirements, 'utf8');
  const digest = createHash('sha256').update(`${version}\n${pins}`).digest('hex').slice(0, 16);
  const directory = join(options.cache, `python-${digest}`);
  const python = join(directory, 'bin', 'python');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return python;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await make(directory, python, options);
  writeFileSync(complete, `${version}\n`);
  return python;
}

function pythonVersion(): string {
  const script = 'import sys, venv, ensurepip; print("%d.%d.%d" % sys.version_info[:3])';
  const asked = spawnSync('python3', ['-c', script], { encoding: 'utf8', timeout: 20_000 });
  if (asked.error !== undefined) throw new HarnessProblem(`${MISSING}: there is no python3 in the PATH.`);
  if (asked.status !== 0) {
    throw new HarnessProblem(`${MISSING}: this one lacks it (on Debian and Ubuntu, install python3-venv).`);
  }
  const version = asked.stdout.trim();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new HarnessProblem(`${MISSING}: this one is ${version}.`);
  }
  return version;
}

async function make(directory: string, python: string, options: PythonOptions): Promise<void> {
  const logFile = join(directory, 'install.log');
  const settings: RunOptions = {
    environment: process.env,
    directory,
    seconds: 300,
    signal: options.signal,
    logFile,
  };
  process.stdout.write('Installing MiniStack into a virtual environment of its own (once)\n');
  const install = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--quiet',
    '-r',
    options.requirements,
  ];
  const code =
    (await run('python3', ['-m', 'venv', directory], settings)) || (await run(python, install, settings));
  if (code === 0) return;
  throw new HarnessProblem(`MiniStack could not be installed:\n${readFileSync(logFile, 'utf8').trim()}`);
}
