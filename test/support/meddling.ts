// Stands between a use case and its ports: sees every operation, and may lose it, fail it or hold it back.

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
