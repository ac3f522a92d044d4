// How long the processes of the benchmark kept a core busy, where the system says so.
import { readdirSync, readFileSync } from 'node:fs';

/** In microseconds. */
interface OfProcess {
  readonly first: number;
  /** Of a broker: its archive, and what Node and V8 do beside it. */
  readonly others: number;
}

const PROCESSES = ['client', 'target', 'proxy', 'broker'] as const;
export type Processes = Readonly<Record<(typeof PROCESSES)[number], number | undefined>>;
export type Busy = Readonly<Record<(typeof PROCESSES)[number], OfProcess>>;

function microsecondsOf(thread: string): number {
  const [nanoseconds] = readFileSync(`/proc/${thread}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1000;
}

function soFar(pid: number | undefined): OfProcess {
  const threads = readdirSync(`/proc/${pid}/task`);
  const all = threads.reduce((sum, thread) => sum + microsecondsOf(`${pid}/task/${thread}`), 0);
  const first = microsecondsOf(`${pid}`);
  return { first, others: Math.max(0, all - first) };
}

const each = (of: (name: keyof Busy) => OfProcess): Busy =>
  Object.fromEntries(PROCESSES.map((name) => [name, of(name)])) as unknown as Busy;

/** Since they began. Undefined where the system does not say, as on all but Linux. */
export function busySoFar(processes: Processes): Busy | undefined {
  try {
    return each((name) => soFar(processes[name]));
  } catch {
    return undefined;
  }
}

/** From one moment to the other. */
export function busyBetween(before: Busy | undefined, after: Busy | undefined): Busy | undefined {
  if (before === undefined || after === undefined) return undefined;
  return each((name) => ({
    first: after[name].first - before[name].first,
    others: after[name].others - before[name].others,
  }));
}
