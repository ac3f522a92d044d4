// Roles with sessions out on them: of tasks in trees that are over or not, asked for around the times that matter.
import type { EndedTask } from '../../../src/credentials/index.ts';
import { MOST_INLINE_CHARACTERS } from '../../../src/ports/revoker.ts';
import { makeId } from '../../../src/shared/ids.ts';
import { type Draw, draws } from './draw.ts';

export const NOW = new Date('2026-03-02T12:00:00.400Z');
export const SECOND = 1000;
/** How far our clock and that of STS may be apart, and how long STS may take. */
export const SKEW = 60 * SECOND;
export const ISSUING = 60 * SECOND;
const HOUR = 3600 * SECOND;

export interface Session {
  /** None on sessions that the broker did not vend. */
  readonly tags?: { readonly agent: string; readonly task: string; readonly root: string };
  /** By the clock of STS. */
  readonly issued: number;
}

interface Role {
  readonly ended: readonly EndedTask[];
  readonly live: readonly string[];
  readonly now: Date;
  /** By task. */
  readonly sessions: ReadonlyMap<string, readonly Session[]>;
  readonly draw: Draw;
}

/** When sessions were asked for: at any time of the hour before, or just where the plan draws its lines. */
function requested(draw: Draw, now: number, edges = 50): number {
  const line = draw.of([0, SKEW, SKEW + ISSUING, 2 * SKEW, 2 * SKEW + ISSUING]);
  const off = draw.of([0, 1, 400, 999, 1000, 1400, 2000, 5000]) * (draw.chance(50) ? 1 : -1);
  return draw.chance(edges) ? Math.min(now, now - line + off) : now - draw.upTo(HOUR);
}

function issuedAfter(draw: Draw, requestedAt: number): number {
  const took = draw.chance(50) ? ISSUING : draw.upTo(ISSUING);
  return requestedAt + took + draw.of([-SKEW, SKEW, 0, draw.upTo(2 * SKEW) - SKEW]);
}

let ids = 0;
export function taskId(): string {
  ids += 1;
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setUint32(6, ids);
  return makeId('task', NOW, bytes);
}

interface Task {
  readonly tags: NonNullable<Session['tags']>;
  readonly rootOver: boolean;
  readonly over: boolean;
}

/** Trees of tasks, of agents of which some are disabled. Whatever stands under what is over is over. */
function tasksOf(draw: Draw, count: number, overOf: number): readonly Task[] {
  const agents = Array.from({ length: 1 + draw.upTo(8) }, (_, place) => `agent-${place}`);
  const tasks: Task[] = [];
  while (tasks.length < count) {
    const root = taskId();
    const rootOver = draw.chance(overOf);
    for (let size = draw.chance(60) ? 1 : 1 + draw.upTo(5); size > 0; size -= 1) {
      const task = size === 1 ? root : taskId();
      const over = rootOver || (task !== root && draw.chance(overOf));
      tasks.push({ tags: { agent: draw.of(agents), task, root }, rootOver, over });
    }
  }
  return tasks;
}

function roleOf(draw: Draw): Role {
  const now = NOW.getTime() + draw.upTo(999);
  const tasks = tasksOf(draw, draw.of([1, 3, 20, 100, 400, 700, 700, 900]), draw.of([0, 50, 80, 95, 100]));
  // Where many are named one by one, there is no room for others.
  const edges = draw.of([2, 10, 50]);
  const stopped = draw.chance(30) ? draw.some(['agent-0', 'agent-1', 'agent-2'], 0, 2) : [];
  const disabled = new Map(stopped.map((agent) => [agent, requested(draw, now)]));
  const sessions = new Map<string, readonly Session[]>();
  const ended: EndedTask[] = [];
  const live: string[] = [];
  for (const { tags, over, rootOver } of tasks) {
    const since = disabled.get(tags.agent);
    // Whose agent is disabled asks for nothing more.
    const moments = Array.from({ length: 1 + draw.upTo(1) }, () => requested(draw, since ?? now, edges));
    sessions.set(
      tags.task,
      moments.map((moment) => ({ tags, issued: issuedAfter(draw, moment) })),
    );
    if (!over && since === undefined) live.push(tags.task);
    else {
      ended.push({
        ...tags,
        rootOver,
        ...(since === undefined ? {} : { agentDisabled: new Date(since) }),
        revoked: draw.chance(50),
        latest: new Date(Math.max(...moments)),
        endsBy: new Date(now + 1 + draw.upTo(HOUR)),
        ...(draw.chance(30) ? { since: NOW.toISOString() } : {}),
      });
    }
  }
  return { ended, live, now: new Date(now), sessions, draw };
}

export const roles = draws.map(roleOf);
export const ROOMS = [MOST_INLINE_CHARACTERS, MOST_INLINE_CHARACTERS, 5000, 1000, 300, 100, 0];

/** On tasks that nobody knew of when the plan was made, as on those of others. */
export function strangers(draw: Draw, now: Date): readonly Session[] {
  const asked = now.getTime() + draw.of([0, 1, 600, 1000, 60_000]);
  const task = taskId();
  return [
    { tags: { agent: 'agent-9', task, root: task }, issued: asked - SKEW },
    { issued: asked - HOUR },
    { issued: asked },
  ];
}
