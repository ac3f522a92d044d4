#!/usr/bin/env node
// Runs the command on a Node that can: this one if it is new enough, else the one that the package brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';

/** Sources run unbuilt from 22.18 on, and 23.6 on. */
function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

function broughtAlong() {
  try {
    const file = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(file) ? file : undefined;
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

if (isNewEnough()) {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    // `node:sqlite` says on older versions that it may change; users of the command can do nothing about that.
    if (!rest.includes('ExperimentalWarning')) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  const { main } = await import('./main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = broughtAlong();
  if (node === undefined) {
    console.error(`Bailiwick needs Node 22.18 or newer; this is ${process.versions.node}. Run: npm install`);
    process.exit(2);
  }
  runOn(node);
}
