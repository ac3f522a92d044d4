// Time, as a parameter.

export interface Clock {
  now(): Date;
  /** Resolves after that long. Only for waiting that is bounded by a deadline. */
  sleep(milliseconds: number): Promise<void>;
}
