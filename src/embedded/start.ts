// Starts the embedded broker, whole or not at all, and stops it cleanly.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type DataLock, lockDataDirectory } from '../adapters/embedded/data-lock.ts';
import { createFileSecrets, SecretsFileRefused } from '../adapters/embedded/file-secrets.ts';
import { sweep } from '../adapters/embedded/sweep.ts';
import { systemClock as clock, systemIds as ids } from '../adapters/system.ts';
import { KEEP_DAYS } from '../audit/index.ts';
import { mendApprovals, type Rules, reconcile, recordConfig, revokeAsked } from '../broker/index.ts';
import type { Fault } from '../config/index.ts';
import { loadConfig, watchConfig } from '../config/loading/index.ts';
import type { Log } from '../ports/log.ts';
import type { Message } from '../ports/mail.ts';
import type { Secrets } from '../ports/secrets.ts';
import { Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import { allEndpoints, type Composition, compose } from './compose.ts';
import { createDemo, type Demo } from './demo.ts';
import { withDemoSecret } from './demo-target.ts';
import { keepToOwner } from './keep-to-owner.ts';
import { writeLastRun } from './last-run.ts';
import { welcomePage } from './page.ts';
import { type RulesInForce, rulesInForce, rulesOf } from './rules.ts';
import { createDoor, type Door } from './server.ts';
import type { WalkedBroker } from './walk.ts';
import { CannotStart, whyNot } from './why-not.ts';

export interface StartOptions {
  readonly config: string;
  readonly data: string;
  readonly secretsFile: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly aws: boolean;
  readonly durable: boolean;
  readonly log: Log;
  /** Somebody was asked. */
  readonly onMail: (message: Message) => void;
  /** For tests, which have a Slack of their own. */
  readonly slackUrl?: string;
  /** The files changed and are broken; what was in force stays. */
  readonly onFaults: (faults: readonly Fault[]) => void;
  /** They are right again. */
  readonly onMended?: () => void;
}

export interface RunningBroker {
  readonly url: string;
  /** Those in force when it began. */
  readonly rules: Rules;
  readonly warnings: readonly Fault[];
  /** Where the demo target is, if it runs. */
  readonly demoTarget: string | undefined;
  /** Lets the calls in flight end, then closes everything. */
  stop(): Promise<void>;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Of a stop of months the reconciler makes up in minutes; of a day, before anybody can call. */
const MOST_MINUTES = 10_000;
const MOST_MINUTES_AT_START = 1500;
const TALLY_MILLISECONDS = 5000;
const ARCHIVE_MILLISECONDS = 10_000;
/** Many calls may need the same secret at once: the file is looked at for all of them. */
const SECRETS_MILLISECONDS = 50;
/** A step of a workflow that is under way when the broker stops may take so long: a call's own time. */
const STEP_MILLISECONDS = 25_000;
/** On AWS a stream tells the Revoker at once; here it looks whether anything was asked for. */
const REVOKER_MILLISECONDS = 500;

async function readConfig(dir: string) {
  const loaded = await loadConfig(dir, { mode: 'embedded' });
  if (!('faults' in loaded)) return loaded;
  const lines = loaded.faults.map(({ file, line, problem }) => `${file}:${line}: ${problem}`);
  throw new CannotStart(`The config in ${dir} can't be used:\n${lines.join('\n')}`);
}

/** Before anything else is touched: a port that is taken must leave nothing behind. */
async function expectFree(port: number): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1');
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}

/** A file that others can read is refused at start. */
async function usableSecrets({ secretsFile: file, log }: StartOptions): Promise<Secrets> {
  const onFault = (reason: string) => log.error('secrets file faulty', { reason });
  const restMilliseconds = SECRETS_MILLISECONDS;
  return createFileSecrets({ file, restMilliseconds, onFault }).catch((error: unknown) => {
    if (error instanceof SecretsFileRefused) throw error;
    // Of a data directory that can't be one, its lock says so.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return NO_SECRETS;
    throw new CannotStart(`The secrets file ${file} can't be read. Name another with --secrets.`);
  });
}

const NO_SECRETS: Secrets = { read: async () => undefined };

async function listen(door: Door, port: number): Promise<string> {
  door.server.listen(port, '127.0.0.1');
  await once(door.server, 'listening');
  return `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`;
}

/** Whether it went well. */
async function tried(log: Log, run: () => Promise<unknown>, isTold = false): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (!isTold) {
      log.error('background work failed', {
        error: error instanceof Error ? error.name : 'unknown',
        ...(error instanceof Unavailable ? { backend: error.backend } : {}),
      });
    }
    return false;
  }
}

/**
 * What happens now and then, until it is told to stop. A failure is logged, and tried again the next time; what goes on
 * failing is told once a minute.
 */
function everyNowAndThen(log: Log, milliseconds: number, run: () => Promise<unknown>): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let quietUntil = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    running = tried(log, run, now < quietUntil).then((isWell) => {
      if (isWell) quietUntil = 0;
      else if (now >= quietUntil) quietUntil = now + MINUTE;
    });
  }, milliseconds);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

function watch(options: StartOptions, composition: Composition, rules: RulesInForce, demo: Demo): () => void {
  const { dependencies } = composition;
  return watchConfig(
    options.config,
    'embedded',
    {
      onLoaded: async (config) => {
        const next = await rulesOf(config, options.data, demo);
        // First the event: a config whose loading can't be written down does not decide anything.
        await recordConfig(dependencies, next.config);
        rules.replace(next);
      },
      onFaults: options.onFaults,
      onMended: () => options.onMended?.(),
    },
    { digest: rules.current().config.digest },
  );
}

function doorFor(
  options: StartOptions,
  composition: Composition,
  rules: RulesInForce,
  publicUrl: () => string,
  walked: () => WalkedBroker,
): Door {
  const { dependencies, linked, inStep } = composition;
  return createDoor({
    endpoints: allEndpoints(dependencies),
    linked,
    inStep,
    log: options.log,
    publicUrl,
    requestId: () => makeId('req', clock.now(), ids.random(10)),
    // The address itself: what publicUrl names may lie behind something that is not there yet.
    page: () => welcomePage(rules.current(), walked()),
  });
}

/** Throws `CannotStart`, and then nothing is left running. */
export async function start(options: StartOptions): Promise<RunningBroker> {
  const { config, warnings } = await readConfig(options.config);
  let lock: DataLock | undefined;
  let composition: Composition | undefined;
  const demo = createDemo(ids, options);
  try {
    await expectFree(options.port);
    const secrets = withDemoSecret(await usableSecrets(options), demo.key);
    lock = lockDataDirectory(options.data);
    await keepToOwner(options.data);
    const rules = rulesInForce(await rulesOf(config, options.data, demo));
    const address: Address = { url: '' };
    const publicUrl = () => rules.current().config.broker.publicUrl ?? address.url;
    composition = await compose({ ...options, secrets, rules: rules.current, publicUrl });
    return await run(options, composition, rules, lock, { warnings, address, publicUrl, demo });
  } catch (error) {
    await composition?.database.close();
    await demo.stop();
    lock?.release();
    throw whyNot(error, options);
  }
}

/** Where the broker listens, once it does. */
interface Address {
  url: string;
}

interface Surroundings {
  readonly warnings: readonly Fault[];
  readonly address: Address;
  readonly publicUrl: () => string;
  readonly demo: Demo;
}

function everythingNowAndThen(
  { log, data }: StartOptions,
  { dependencies, revoker, database, objectsDirectory: directory }: Composition,
): readonly (() => Promise<void>)[] {
  const archive = join(data, 'archive');
  const { isStopping = () => false } = dependencies;
  const sweepable = {
    ...{ database, directory, archive, clock, isStopping },
    leastKeptMilliseconds: Math.min(...Object.values(KEEP_DAYS)) * DAY,
    looked: {},
  };
  return [
    everyNowAndThen(log, MINUTE, () =>
      reconcile(dependencies, { nothingUnderWay: false, mostMinutes: MOST_MINUTES }),
    ),
    everyNowAndThen(log, REVOKER_MILLISECONDS, () => revokeAsked({ ...dependencies, revoker })),
    everyNowAndThen(log, TALLY_MILLISECONDS, () => dependencies.tally.writeDue()),
    everyNowAndThen(log, 10 * MINUTE, () => sweep(sweepable)),
  ];
}

async function run(
  options: StartOptions,
  composition: Composition,
  rules: RulesInForce,
  lock: DataLock,
  { warnings, address, publicUrl, demo }: Surroundings,
): Promise<RunningBroker> {
  const { dependencies, archive, database } = composition;
  const { log, data, aws } = options;
  const walked = () => ({ url: address.url, data, aws, demoTarget: demo.url() });
  const door = doorFor(options, composition, rules, publicUrl, walked);
  await reconcile(dependencies, { nothingUnderWay: true, mostMinutes: MOST_MINUTES_AT_START });
  await recordConfig(dependencies, rules.current().config);
  address.url = await listen(door, options.port);
  // Only now: whoever is asked is sent to where the broker listens.
  await mendApprovals(dependencies, { restart: true });
  await writeLastRun(options.data, { config: resolve(options.config), url: address.url });
  const stopWatching = watch(options, composition, rules, demo);
  const background = everythingNowAndThen(options, composition);
  const passing = everyNowAndThen(log, ARCHIVE_MILLISECONDS, () => archive.pass());
  // What the last one left, if it was killed; nobody waits for it.
  void tried(log, archive.pass);
  return {
    url: address.url,
    rules: rules.current(),
    warnings,
    demoTarget: demo.url(),
    stop: async () => {
      stopWatching();
      composition.stopping();
      // Not waited for: what closes the archive comes after it, and waits only so long.
      void passing();
      await Promise.all([door.drain(), ...background.map((stop) => stop())]);
      await composition.workflow.stop(STEP_MILLISECONDS);
      await dependencies.tally.flush();
      composition.outbound.close();
      await demo.stop();
      // What can't be archived now is when it starts again.
      await tried(log, archive.close);
      await database.close();
      lock.release();
    },
  };
}
