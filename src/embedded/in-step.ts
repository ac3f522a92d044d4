// Requests that are under way at once take their steps together: first all of them decide, then all of them ask their
// targets, then all of them answer. What runs several times in a row is in the processor's caches for all but the first.
import type { ClosableOutbound } from '../adapters/network/outbound.ts';

export interface InStep {
  begin(): void;
  end(): void;
  underWay(): number;
  /** Resolves in the next turn of the event loop, for all at once who asked in this one. Whoever is alone waits for nobody. */
  together(): Promise<void>;
}

export function createInStep(): InStep {
  const now = Promise.resolve();
  let underWay = 0;
  let waiting: Promise<void> | undefined;

  function nextTurn(resolve: () => void): void {
    setImmediate(() => {
      waiting = undefined;
      resolve();
    });
  }

  return {
    begin() {
      underWay += 1;
    },
    end() {
      underWay -= 1;
    },
    underWay: () => underWay,
    together() {
      if (underWay <= 1) return now;
      waiting ??= new Promise(nextTurn);
      return waiting;
    },
  };
}

/** What is sent to targets in one turn is sent together, and what they answer in one turn is gone on with together. */
export function outboundInStep(outbound: ClosableOutbound, { together }: InStep): ClosableOutbound {
  return {
    async send(request) {
      const began = performance.now();
      await together();
      // A turn can be long, and a call's time goes on meanwhile.
      const left = Math.max(1, request.timeoutMilliseconds - (performance.now() - began));
      const answer = await outbound.send({ ...request, timeoutMilliseconds: left });
      await together();
      return answer;
    },
    close: () => outbound.close(),
  };
}
