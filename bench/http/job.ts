// What the load client is told to do, and what it saw.

/** Stands for a ticket's number, in what a job expects. */
export const NUMBER = '{number}';

export interface Job {
  /** What a ticket's number is put behind. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How many requests are under way at any time, each on a connection of its own. */
  readonly concurrency: number;
  readonly milliseconds: number;
  /** The whole body; undefined where it is not yet known, and the first one is told. */
  readonly expected?: string;
}

export interface Outcome {
  /** Those with status 200 and the expected body. */
  readonly good: number;
  readonly bad: number;
  /** The first of those. */
  readonly problem?: string;
  readonly seconds: number;
  /** How long each of the good ones took, in milliseconds, but for the first on each connection. */
  readonly took: Float64Array;
  /** What the broker called them. */
  readonly calls: readonly string[];
  readonly firstBody: string;
}
