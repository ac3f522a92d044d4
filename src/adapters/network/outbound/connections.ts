// The connections to one target: kept for the next request, not too many, not for too long.
import type { Socket } from 'node:net';
import { refusesHandshake } from './alerts.ts';
import { type NoConnection, unavailable } from './no-answer.ts';

export interface ConnectionLimits {
  /** At once. Whoever needs one more waits for it. */
  readonly most: number;
  /**
   * Whoever waits for longer is told so while there is time to try again. What would leave in its last moment, when those
   * who held the connections run out of time, would reach the target and nobody would hear what came of it.
   */
  readonly waitMilliseconds: number;
  readonly mostIdle: number;
  /** An idle one is closed then, unless the target says that it closes it sooner. */
  readonly idleMilliseconds: number;
  /** However busy: the target's name may have moved on. */
  readonly ageMilliseconds: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  most: 128,
  waitMilliseconds: 5000,
  mostIdle: 64,
  idleMilliseconds: 4000,
  ageMilliseconds: 60_000,
};

const BUSY: NoConnection = {
  result: unavailable('All connections to the target are busy, and none became free in time.'),
  heard: 'unclear',
};

/** Whoever a connection belongs to for now. */
export interface Holder {
  take(bytes: Buffer): void;
  /** The other end sends no more. */
  end(): void;
  /** It is gone. */
  close(): void;
}

/** One connection, in the hands of one request at a time. */
export class Connection {
  readonly socket: Socket;
  readonly bornAt = performance.now();
  /** What comes while nobody holds it was not asked for. */
  holder: Holder | undefined;
  /** Whether it was free before: only then may it have been closed at the other end just as it was taken. */
  wasFree = false;
  /** The other end said no to TLS itself, which it may do after the first request has left. */
  isRefused = false;
  idleSince = 0;
  /** The target's own word for how long it keeps it. */
  keptMilliseconds = Number.POSITIVE_INFINITY;
  /** Until what had come before it became free has been dealt with. */
  settling: Promise<void> | undefined;
  readonly #free: (connection: Connection) => void;

  constructor(socket: Socket, free: (connection: Connection) => void) {
    this.socket = socket;
    this.#free = free;
    socket.on('error', (error) => {
      if (refusesHandshake(error)) this.isRefused = true;
    });
  }

  /** Its holder is done with it. Closed where it can't serve another. */
  leave(isGood: boolean): void {
    this.holder = undefined;
    if (isGood) this.#free(this);
    else this.socket.destroy();
  }

  /**
   * What has come already, but is not handed out before promises are dealt with, was asked for by nobody: nothing is sent
   * before it has had its turn.
   */
  settle(): void {
    this.settling = new Promise((resolve) => {
      setImmediate(() => {
        this.settling = undefined;
        resolve();
      });
    });
  }

  isUsable(limits: ConnectionLimits, now: number): boolean {
    const { socket } = this;
    if (socket.destroyed || !socket.writable || !socket.readable) return false;
    return now - this.bornAt < limits.ageMilliseconds;
  }

  isFresh(limits: ConnectionLimits, now: number): boolean {
    return now - this.idleSince < Math.min(limits.idleMilliseconds, this.keptMilliseconds);
  }
}

/** A connection that has become free, or leave to make one. */
type Turn = Connection | 'make one' | NoConnection;

export class Connections {
  readonly #connect: (milliseconds: number) => Promise<Socket | NoConnection>;
  readonly #connectMilliseconds: number;
  readonly #limits: ConnectionLimits;
  readonly #idle: Connection[] = [];
  readonly #waiting = new Set<(turn: Turn) => void>();
  /** With those that are being made. */
  #count = 0;
  #sweep: NodeJS.Timeout | undefined;
  #retired = false;

  constructor(
    connect: (milliseconds: number) => Promise<Socket | NoConnection>,
    connectMilliseconds: number,
    limits: ConnectionLimits,
  ) {
    this.#connect = connect;
    this.#connectMilliseconds = connectMilliseconds;
    this.#limits = limits;
  }

  /** One for a request that ends by then; never one that was used before, where it has to be new. */
  async take(until: number, isNew: boolean): Promise<Connection | NoConnection> {
    const now = performance.now();
    // Of a call that may take little, half: the rest is for the target.
    const waitsUntil = now + Math.min(this.#limits.waitMilliseconds, (until - now) / 2);
    for (;;) {
      const kept = isNew ? undefined : this.#takeIdle();
      if (kept !== undefined) {
        if (await this.#isGood(kept)) return kept;
        continue;
      }
      if (this.#count >= this.#limits.most) this.#idle.shift()?.socket.destroy();
      if (this.#count < this.#limits.most) return this.#make(until);
      const turn = await this.#turn(waitsUntil);
      if (turn === 'make one') continue;
      if (!(turn instanceof Connection)) return turn;
      if (isNew) turn.socket.destroy();
      else if (await this.#isGood(turn)) return turn;
    }
  }

  /** Closes what is idle, and keeps nothing from now on. */
  retire(): void {
    this.#retired = true;
    for (const { socket } of this.#idle.splice(0)) socket.destroy();
    clearTimeout(this.#sweep);
  }

  async #isGood(connection: Connection): Promise<boolean> {
    if (connection.settling !== undefined) await connection.settling;
    const isGood = connection.isUsable(this.#limits, performance.now());
    if (!isGood) connection.socket.destroy();
    return isGood;
  }

  #takeIdle(): Connection | undefined {
    const now = performance.now();
    for (;;) {
      // The one that was used last is the least likely to be closed at the other end.
      const connection = this.#idle.pop();
      if (connection === undefined) return undefined;
      if (connection.isUsable(this.#limits, now) && connection.isFresh(this.#limits, now)) {
        connection.socket.ref();
        return connection;
      }
      connection.socket.destroy();
    }
  }

  async #make(until: number): Promise<Connection | NoConnection> {
    this.#count += 1;
    const left = Math.max(1, Math.ceil(until - performance.now()));
    const socket = await this.#connect(Math.min(left, this.#connectMilliseconds));
    if (!('result' in socket)) return this.#adopt(socket);
    this.#closed();
    // Less time than a connection may take is what this request had left, and says little of the target.
    const isAway = socket.heard === 'silent' && left >= this.#connectMilliseconds;
    return isAway ? { ...socket, heard: 'away' } : socket;
  }

  #adopt(socket: Socket): Connection {
    const connection = new Connection(socket, (free) => this.#release(free));
    socket.on('data', (bytes) => {
      if (connection.holder === undefined) socket.destroy();
      else connection.holder.take(bytes);
    });
    socket.once('end', () => {
      if (connection.holder === undefined) socket.destroy();
      else connection.holder.end();
    });
    const forget = () => {
      const place = this.#idle.indexOf(connection);
      if (place >= 0) this.#idle.splice(place, 1);
      this.#closed();
      connection.holder?.close();
    };
    // It may have been closed in the moment since it stood.
    if (socket.closed) forget();
    else socket.once('close', forget);
    return connection;
  }

  #release(connection: Connection): void {
    const { socket } = connection;
    const now = performance.now();
    if (this.#retired || !connection.isUsable(this.#limits, now)) {
      socket.destroy();
      return;
    }
    connection.wasFree = true;
    connection.settle();
    const [next] = this.#waiting;
    if (next !== undefined) {
      next(connection);
      return;
    }
    connection.idleSince = now;
    socket.unref();
    this.#idle.push(connection);
    if (this.#idle.length > this.#limits.mostIdle) this.#idle.shift()?.socket.destroy();
    this.#sweep ??= setTimeout(() => this.#sweepIdle(), this.#limits.idleMilliseconds).unref();
  }

  #sweepIdle(): void {
    this.#sweep = undefined;
    const now = performance.now();
    const stale = this.#idle.filter((each) => !each.isFresh(this.#limits, now));
    for (const { socket } of stale) {
      socket.destroy();
    }
    const kept = this.#idle.filter((each) => !stale.includes(each));
    this.#idle.splice(0, this.#idle.length, ...kept);
    if (kept.length > 0) {
      this.#sweep = setTimeout(() => this.#sweepIdle(), this.#limits.idleMilliseconds / 2).unref();
    }
  }

  #closed(): void {
    this.#count -= 1;
    const [next] = this.#waiting;
    next?.('make one');
  }

  #turn(until: number): Promise<Turn> {
    return new Promise((resolve) => {
      const take = (turn: Turn) => {
        clearTimeout(timer);
        this.#waiting.delete(take);
        resolve(turn);
      };
      const timer = setTimeout(() => take(BUSY), Math.max(0, until - performance.now()));
      this.#waiting.add(take);
    });
  }
}
