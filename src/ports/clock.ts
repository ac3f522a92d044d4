// Time, as a parameter.

export interface Clock {
  now(): Date;
}
