// Stands between a use case and its ports: sees every operation, and may lose it, fail it or hold it back.
import { type Backend, Unavailable } from '../../src/shared/errors.ts';

export interface Operation {
  /** As in `records.create`. */
  readonly name: string;
  readonly arguments: readonly unknown[];
}

/** `run` does what was asked for; not calling it means that it never reached the back end. */
export type Meddle = (operation: Operation, run: () => Promise<unknown>) => Promise<unknown>;

/** The port, with every call of it through whatever meddles at that moment. */
export function meddledWith<Port extends object>(
  name: string,
  port: Port,
  meddle: () => Meddle | undefined,
): Port {
  return new Proxy(port, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const run = async () => Reflect.apply(value, target, given) as unknown;
        const current = meddle();
        return current === undefined
          ? run()
          : current({ name: `${name}.${String(method)}`, arguments: given }, run);
      };
    },
  });
}

export interface Failing {
  /** As in `records.create`. */
  readonly name: string;
  /** Which of them, counted from one; every one where left out. */
  readonly number?: number;
  /** Whether the back end had done it before it fell silent. */
  readonly arrived?: boolean;
}

/** From now on this operation fails. */
export function failingAt({ name, number, arrived = false }: Failing): Meddle {
  let count = 0;
  return async (operation, run) => {
    if (operation.name !== name) return run();
    count += 1;
    if (number !== undefined && count !== number) return run();
    if (arrived) await run();
    throw new Unavailable(name.split('.')[0] as Backend);
  };
}

/** What a process that was killed still answers. */
const never = new Promise<never>(() => undefined);

/** How the operation fares in which the process dies, and those that it had under way beside that one. */
export const DEATHS = ['not sent', 'sent', 'sent, others too', 'not sent, others are'] as const;
export type Death = (typeof DEATHS)[number];

export interface Killed {
  readonly meddle: Meddle;
  /** Resolves once the process is dead. */
  readonly dead: Promise<'dead'>;
}

/** Kills the process in its operation of that number, counted from one. */
export function dyingAt(number: number, death: Death): Killed {
  const { promise: dead, resolve } = Promise.withResolvers<'dead'>();
  let count = 0;
  return {
    dead,
    async meddle(_, run) {
      count += 1;
      if (count > number) {
        // Only those can follow that were under way already.
        if (death.includes('others')) await run().catch(() => undefined);
        return never;
      }
      if (count < number) return run();
      if (death.startsWith('sent')) await run().catch(() => undefined);
      resolve('dead');
      return never;
    },
  };
}
