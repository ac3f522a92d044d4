// What a call costs through the embedded broker, beside the same client going straight to the target and by a plain proxy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDirectoryObjects } from '../src/adapters/embedded/directory-objects.ts';
import { openReadOnly } from '../src/adapters/embedded/read-only.ts';
import { createSqliteEvents } from '../src/adapters/embedded/sqlite-events.ts';
import { systemClock as clock } from '../src/adapters/system.ts';
import { type Busy, busyBetween } from './http/busy.ts';
import type { Job, Outcome } from './http/job.ts';
import { inWorld, type World } from './http/world.ts';
import { median, type Report, type Row, rounded } from './table.ts';

/** One request after the other, and as many at once as an agent with helpers sends. */
const CONCURRENCY = [1, 16, 32];
const ROUNDS = 4;
const ROUND_MILLISECONDS = 2000;
/** As of processes that have run for a while. The broker, which has the most code of them, takes the longest to get there. */
const WARM_MILLISECONDS = 8000;

type Path = 'direct' | 'proxy' | 'broker';
const PATHS: readonly Path[] = ['direct', 'proxy', 'broker'];

type Way = Pick<Job, 'url' | 'headers' | 'expected'>;
type Ways = Readonly<Record<Path, Way>>;

function waysOf({ target, proxy, broker, key, task }: World): Ways {
  const withKey = { authorization: `Bearer ${key}` };
  return {
    direct: { url: `${target}/tickets/`, headers: withKey },
    proxy: { url: `${proxy}/tickets/`, headers: withKey },
    broker: {
      url: `${broker}/v1/tasks/${task.id}/http/tickets/tickets/`,
      headers: { authorization: `Bearer ${task.token}` },
    },
  };
}

/** Finds out what the right answers are, on the way. */
async function warmed(world: World, ways: Ways): Promise<Ways> {
  const warm = async (path: Path): Promise<Way> => {
    const job = { ...ways[path], concurrency: 16, milliseconds: WARM_MILLISECONDS };
    const { problem, firstBody } = await world.load(job);
    if (problem !== undefined) throw new Error(`${path}: ${problem}`);
    return { ...ways[path], expected: firstBody };
  };
  const known = { direct: await warm('direct'), proxy: await warm('proxy'), broker: await warm('broker') };
  const { direct, proxy, broker } = known;
  if (direct.expected !== proxy.expected) throw new Error('the proxy answers with something else');
  if (
    !direct.expected?.includes('@') ||
    !broker.expected?.includes('[EMAIL]') ||
    broker.expected.includes('@')
  ) {
    throw new Error(`the broker did not mask what the target sent: ${broker.expected}`);
  }
  return known;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

interface Heard extends Outcome {
  readonly busy: Busy | undefined;
}
type Round = Readonly<Record<Path, Heard>>;
type Rounds = readonly Round[];

async function heardOf(world: World, job: Job): Promise<Heard> {
  const before = world.busy();
  const outcome = await world.load(job);
  return { ...outcome, busy: busyBetween(before, world.busy()) };
}

/** In turn, so that a machine that slows down slows all of them. */
async function roundsAt(world: World, ways: Ways, concurrency: number): Promise<Rounds> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const outcomes: [Path, Heard][] = [];
    for (const path of PATHS) {
      const job = { ...ways[path], concurrency, milliseconds: ROUND_MILLISECONDS };
      outcomes.push([path, await heardOf(world, job)]);
    }
    rounds.push(Object.fromEntries(outcomes) as Round);
  }
  return rounds;
}

const perSecond = ({ took, seconds }: Outcome) => took.length / seconds;
const rate = (rounds: Rounds, path: Path) => median(rounds.map((round) => perSecond(round[path])));

/** What of a core's time went into a request. The broker archives in everybody's rounds, and is charged for all of them. */
function busyColumns(path: Path, rounds: Rounds): Row {
  const requests = rounds.reduce((sum, round) => sum + round[path].good, 0);
  const spent = (paths: readonly Path[], of: (busy: Busy) => number) => {
    const all = rounds.flatMap((round) => paths.map((each) => round[each].busy));
    const known = all.filter((busy) => busy !== undefined);
    return known.length < all.length ? undefined : known.reduce((sum, busy) => sum + of(busy), 0) / requests;
  };
  const ends = spent(
    [path],
    ({ client, target }) => client.first + client.others + target.first + target.others,
  );
  const itself = path === 'direct' ? 0 : spent([path], (busy) => busy[path].first);
  const others =
    path === 'direct' ? 0 : spent(path === 'broker' ? PATHS : [path], (busy) => busy[path].others);
  if (ends === undefined || itself === undefined || others === undefined) return {};
  return {
    'µs of client and target': rounded(ends),
    'of its first thread': rounded(itself),
    'of its others': rounded(others),
  };
}

function rowsOf(rounds: Rounds, concurrency: number, recorded: ReadonlySet<string>): readonly Row[] {
  const tookBy = (path: Path) => rounds.flatMap((round) => [...round[path].took]);
  const direct = median(tookBy('direct'));
  return PATHS.map((path) => {
    const took = tookBy(path);
    const calls = rounds.flatMap((round) => round[path].calls);
    return {
      'at once': concurrency,
      path,
      'requests a second': rounded(rate(rounds, path)),
      'p50 ms': rounded(median(took)),
      'p99 ms': rounded(quantile(took, 0.99)),
      'added to direct at p50, ms': rounded(median(took) - direct),
      "of the proxy's requests": rounded(
        median(rounds.map((round) => perSecond(round[path]) / perSecond(round.proxy))),
      ),
      ...busyColumns(path, rounds),
      answers: rounds.reduce((sum, round) => sum + round[path].good, 0),
      ...(path === 'broker' ? { recorded: calls.filter((call) => recorded.has(call)).length } : {}),
    };
  });
}

/** What each can do: the most that it answered, however many it was asked at once for that. */
function mostRows(levels: readonly Rounds[]): readonly Row[] {
  const most = (path: Path) => Math.max(...levels.map((rounds) => rate(rounds, path)));
  return PATHS.map((path) => ({
    'at once': 'the most',
    path,
    'requests a second': rounded(most(path)),
    "of the proxy's requests": rounded(most(path) / most('proxy')),
  }));
}

/** The calls that have both their events in the data directory of the broker, which is still running. */
async function callsRecorded(data: string, task: string): Promise<ReadonlySet<string>> {
  const database = openReadOnly(data);
  const objects = createDirectoryObjects({ directory: join(data, 'objects'), clock });
  const events = createSqliteEvents({ database, objects, clock });
  const [intents, outcomes] = [new Set<unknown>(), new Set<string>()];
  let cursor: string | undefined;
  do {
    const page = await events.list(task, { limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    for (const { body } of page.items) {
      const { type, call } = body;
      if (type === 'call.requested') intents.add(call);
      if (type === 'call.succeeded' && typeof call === 'string') outcomes.add(call);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  await database.close();
  return new Set([...outcomes].filter((call) => intents.has(call)));
}

/** Every answer must be right, and every one of the broker's a call of its own with both its events. */
function faultIn(all: Rounds, recorded: ReadonlySet<string>): string | undefined {
  const bad = all.flatMap((round) => Object.values(round)).find(({ problem }) => problem !== undefined);
  if (bad !== undefined) return `an answer was not as it must be: ${bad.problem}`;
  const answers = all.reduce((sum, { broker }) => sum + broker.good, 0);
  const calls = new Set(all.flatMap(({ broker }) => broker.calls));
  if (calls.size < answers) return `${answers} answers of the broker name but ${calls.size} calls`;
  const lost = [...calls].filter((call) => !recorded.has(call)).length;
  return lost === 0 ? undefined : `${lost} of ${calls.size} calls lack an event`;
}

async function measure(world: World, data: string): Promise<Report> {
  const ways = await warmed(world, waysOf(world));
  const measured: { readonly concurrency: number; readonly rounds: Rounds }[] = [];
  for (const concurrency of CONCURRENCY) {
    measured.push({ concurrency, rounds: await roundsAt(world, ways, concurrency) });
  }
  const recorded = await callsRecorded(data, world.task.id);
  const rows = [
    ...measured.flatMap(({ rounds, concurrency }) => rowsOf(rounds, concurrency, recorded)),
    ...mostRows(measured.map(({ rounds }) => rounds)),
  ];
  const fault = faultIn(
    measured.flatMap(({ rounds }) => rounds),
    recorded,
  );
  return { name: 'http', rows, ...(fault === undefined ? {} : { fault }) };
}

export async function http(): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-http-'));
  try {
    return await inWorld(directory, (world) => measure(world, join(directory, 'data')));
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
