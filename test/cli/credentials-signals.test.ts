// What a command is told of the signals that `credentials serve` gets: each once, from a terminal and from elsewhere.
import { expect, onTestFinished, test } from 'vitest';
import { startCommand } from '../support/command.ts';
import { until } from '../support/poll.ts';
import { CAPABILITY, environmentFor, fakeBroker } from './support/fake-broker.ts';
import { inTerminal } from './support/terminal.ts';

const SERVE = ['credentials', 'serve', '--capability', CAPABILITY, '--', process.execPath, '-e'];

test.for(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)(
  'without a terminal a command is told of %s, and may take its time',
  async (signal) => {
    const script = `
      process.on('${signal}', () => { console.log('told'); setImmediate(() => process.exit(3)); });
      setInterval(() => {}, 1000);
      console.log('ready');`;
    const env = environmentFor(await fakeBroker());
    const serving = startCommand([...SERVE, script], { env, detached: true });
    onTestFinished(async () => {
      serving.child.kill('SIGKILL');
      await serving.ended;
    });
    await until('the command', () => (serving.out().includes('ready') ? true : undefined));
    serving.child.kill(signal);
    expect(await serving.ended).toBe(3);
    expect(serving.out()).toBe('ready\ntold\n');
  },
);

/** Counts until it is told to end; its parent's id is that of the process that serves. */
const COUNTS = `
  let [interrupts, quits] = [0, 0];
  process.on('SIGINT', () => console.log('interrupt ' + ++interrupts));
  process.on('SIGQUIT', () => console.log('quit ' + ++quits));
  process.on('SIGTERM', () => { console.log(['in all', interrupts, quits].join(' ')); process.exit(4); });
  setInterval(() => {}, 1000);
  console.log('ready ' + process.ppid);`;

/** Two signals at almost the same time may arrive as one; not every time. */
const TURNS = 6;

// `script` takes other arguments elsewhere.
test.runIf(process.platform === 'linux').for(['', '</dev/null', '</dev/null 2>/dev/null'])(
  "a terminal's Ctrl-C reaches a command once: %j",
  async (redirected) => {
    const env = environmentFor(await fakeBroker());
    const terminal = inTerminal([...SERVE, COUNTS], redirected, env);
    onTestFinished(() => terminal.close());
    const said = (words: RegExp) => until(String(words), () => words.exec(terminal.out()) ?? undefined);
    const [, serving] = await said(/ready (\d+)/);
    for (let turn = 1; turn <= TURNS; turn += 1) {
      terminal.type('\u0003');
      await said(new RegExp(`interrupt ${turn}`));
      terminal.type('\u001c');
      await said(new RegExp(`quit ${turn}`));
    }
    // What was passed on before comes before this, which no terminal sends.
    process.kill(Number(serving), 'SIGTERM');
    const [, ...counted] = await said(/in all (\d+) (\d+)/);
    expect(counted.map(Number)).toEqual([TURNS, TURNS]);
  },
);
