// `bailiwick start`: the embedded broker, until it is interrupted.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from '../config/index.ts';
import {
  CannotStart,
  consoleLog,
  DEFAULT_DATA,
  type RunningBroker,
  start,
  walkLines,
} from '../embedded/index.ts';
import type { Message } from '../ports/mail.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { quickstart } from './paths.ts';

const DEFAULT_PORT = 8787;

export const START_USAGE =
  'usage: bailiwick start [--config DIR] [--data DIR] [--secrets FILE] [--port N] [--aws] [--durable]';

function understand(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      secrets: { type: 'string' },
      port: { type: 'string' },
      aws: { type: 'boolean', default: false },
      durable: { type: 'boolean', default: false },
    },
  });
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port);
  if (!/^\d{1,5}$/.test(values.port ?? '0') || port > 65_535) {
    throw new CannotStart('--port must be a number from 0 to 65535.');
  }
  return { ...values, port };
}

function faultLines(faults: readonly Fault[], kind: string): readonly string[] {
  return faults.map(({ file, line, problem }) => `${file}:${line}: ${kind}${problem}`);
}

function printWelcome(
  broker: RunningBroker,
  { data, aws }: { data: string; aws: boolean },
  lines: Lines,
): void {
  lines.out(`bailiwick ready ${broker.url}`);
  const { url, demoTarget } = broker;
  const walk = walkLines(broker.rules, { url, data, aws, demoTarget });
  if (walk.length === 0) return;
  lines.out('');
  lines.out('# A short walk. Paste it into another terminal, in this directory, as a whole or line by line.');
  for (const line of walk) lines.out(line);
  lines.out('');
}

const LINK = /^(?:https?:\/\/\S+\/approve\/\S+|bailiwick approvals approve \S+)$/mu;

/** What is sent by mail stands in the outbox too. */
function printMail({ to, subject, text }: Message, lines: Lines): void {
  lines.out(`${subject}`);
  lines.out(`  ${to}: ${LINK.exec(text)?.[0] ?? 'see the outbox'}`);
}

/** npm and npx pass on what the terminal has sent to all of them already: that is one Ctrl-C, not two. */
const ONE_PRESS_MILLISECONDS = 1000;

/** Resolves when the broker is to end. Asked for again later, the process ends at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const stop = () => {
      const now = performance.now();
      if (askedAt !== undefined && now - askedAt > ONE_PRESS_MILLISECONDS) process.exit(130);
      askedAt ??= now;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  });
}

export async function runStart(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  try {
    const { config: asked, data = DEFAULT_DATA, secrets, port, aws, durable } = understand(args);
    const config = asked ?? (await quickstart());
    if (secrets !== undefined && !existsSync(secrets)) {
      throw new CannotStart(`The secrets file ${secrets} does not exist.`);
    }
    const stopped = interrupted();
    const broker = await start({
      config,
      data,
      secretsFile: secrets ?? join(data, 'secrets.json'),
      port,
      aws,
      durable,
      log: consoleLog(lines.err),
      onMail: (message) => printMail(message, lines),
      onFaults: (faults) => {
        lines.err('The config was changed and is broken. The last good one stays in force.');
        for (const line of faultLines(faults, '')) lines.err(line);
      },
      onMended: () => lines.err('The config is right again, and in force.'),
    });
    for (const line of faultLines(broker.warnings, 'warning: ')) lines.err(line);
    printWelcome(broker, { data, aws }, lines);
    await stopped;
    await broker.stop();
    return 0;
  } catch (error) {
    if (error instanceof CannotStart) {
      lines.err(error.message);
      return 2;
    }
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
      lines.err(`${error.message}\n${START_USAGE}`);
      return 2;
    }
    throw error;
  }
}
