// What a contract suite is run on: a port with the clock it goes by, and how to end it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Backend, Unavailable } from '../../../src/shared/errors.ts';
import type { MovableClock } from './clock.ts';

export interface Subject<Port> {
  readonly port: Port;
  readonly clock: MovableClock;
  readonly close: () => Promise<void>;
}

export type Open<Port> = () => Promise<Subject<Port>>;

/** Opens the subject for all tests of the enclosing `describe`. */
export function useSubject<Port>(open: Open<Port>): () => Subject<Port> {
  let subject: Subject<Port> | undefined;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(async () => subject?.close());
  return () => {
    if (subject === undefined) throw new Error('the subject was not opened');
    return subject;
  };
}

let count = 0;
/** A name that no other test uses. */
export function fresh(name: string): string {
  count += 1;
  return `${name}-${count}`;
}

/** Every call on a back end that is not there, or that does not answer, is one typed fault. */
export function faultsAreTyped<Port>(
  name: string,
  backend: Backend,
  open: Open<Port>,
  calls: Readonly<Record<string, (port: Port, clock: MovableClock) => Promise<unknown>>>,
): void {
  describe(name, () => {
    const subject = useSubject(open);
    it.each(Object.entries(calls))('%s is told that the back end is unavailable', async (_, call) => {
      const { port, clock } = subject();
      const outcome = await call(port, clock).then(
        () => 'an answer',
        (error: unknown) => error,
      );
      expect(outcome).toBeInstanceOf(Unavailable);
      expect(outcome).toMatchObject({ backend });
    });
  });
}
