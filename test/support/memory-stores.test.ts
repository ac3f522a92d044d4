// The stores in memory are held to the contract that the real ones are held to.
import { describe } from 'vitest';
import { eventsContract } from '../contract/events.ts';
import { recordsContract } from '../contract/records.ts';
import { movableClock } from '../contract/support/clock.ts';
import { memoryEvents, memoryRecords } from './memory-stores.ts';

const close = async () => undefined;

describe('Records in memory', () =>
  recordsContract(async () => {
    const clock = movableClock();
    return { port: memoryRecords(clock), clock, close };
  }));

describe('Events in memory', () =>
  eventsContract(async () => {
    const clock = movableClock();
    return { port: memoryEvents(clock), clock, close };
  }));
