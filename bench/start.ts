// How long `npm start` takes to its ready line, on a warm install.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median, type Report, rounded } from './table.ts';

const ROUNDS = 7;
const ROOT = join(import.meta.dirname, '..');

async function millisecondsToReady(): Promise<number> {
  const data = mkdtempSync(join(tmpdir(), 'bailiwick-start-'));
  const began = process.hrtime.bigint();
  const args = ['start', '--', '--port', '0', '--data', data];
  // A group of its own, so that npm and the broker it starts are ended together.
  const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  try {
    for await (const line of createInterface({ input: npm.stdout })) {
      if (line.startsWith('bailiwick ready')) return Number(process.hrtime.bigint() - began) / 1e6;
    }
    throw new Error('the broker did not get ready');
  } finally {
    const ended = once(npm, 'exit');
    if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function start(): Promise<Report> {
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) taken.push(await millisecondsToReady());
  const row = {
    what: '`npm start` to the ready line',
    'median ms': rounded(median(taken)),
    'slowest ms': rounded(Math.max(...taken)),
  };
  return { name: 'start', rows: [row] };
}
