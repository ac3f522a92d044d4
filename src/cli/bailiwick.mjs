#!/usr/bin/env node
// Runs the command on a Node that can: this one if it is new enough, else the one that a checkout brings along.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** A checkout has the sources; the package has what was built of them instead. */
const IS_CHECKOUT = existsSync(new URL('./main.ts', import.meta.url));
const MAIN = IS_CHECKOUT ? './main.ts' : '../../dist/src/cli/main.js';

/** Sources run unbuilt from 22.18 on, and 23.6 on; `node:sqlite` is there from 22.13 on, and 23.4 on. */
const LEAST = IS_CHECKOUT ? { 22: 18, 23: 6 } : { 22: 13, 23: 4 };

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major >= 24 || minor >= (LEAST[major] ?? Number.POSITIVE_INFINITY);
}

function broughtAlong() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const file = join(dirname(manifest), 'bin', 'node');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
    return existsSync(file) && isNewEnough(version) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Whatever this process is told, the other is told too, so that ending one never leaves the other behind. */
function runOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // A terminal's Ctrl-C reaches both at once; sent to this process alone it must still arrive, and only once.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
  child.on('error', (error) => {
    console.error(`Node could not be started: ${error.message}`);
    process.exit(2);
  });
}

const PARENT_MILLISECONDS = 500;

/** npm and npx run it through a shell, and pass a signal on to that alone, which ends and says nothing. */
function endWithShell() {
  const shell = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(looking);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_MILLISECONDS);
  looking.unref();
}

/** Of a script that is this command alone: what a longer one leaves in the background is meant to stay. */
const IS_ALL_OF_SCRIPT = /^[^&|;]*\bbailiwick\b[^&|;]*$/;

if (IS_ALL_OF_SCRIPT.test(process.env.npm_lifecycle_script ?? '')) endWithShell();
if (isNewEnough(process.versions.node)) {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    // `node:sqlite` says on older versions that it may change; users of the command can do nothing about that.
    if (!rest.includes('ExperimentalWarning')) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  const { main } = await import(MAIN);
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = broughtAlong();
  if (node === undefined) {
    const advice = IS_CHECKOUT ? 'Run: npm install' : 'Install a newer one, from nodejs.org for example.';
    console.error(
      `Bailiwick needs Node 22.${LEAST[22]} or newer; this is ${process.versions.node}. ${advice}`,
    );
    process.exit(2);
  }
  runOn(node);
}
