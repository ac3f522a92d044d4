// Masks long texts a piece at a time: between two of them others get their turn, and when time is up it is given up.
import type { Format, Masker } from '../masking/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { MaskTally } from './mask-counts.ts';

/** Thrown, since it ends everything that the text was masked for. Its message says why, for the agent. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** Texts up to here take some milliseconds at most. */
const PIECE_CHARACTERS = 64 * 1024;
/** A single value, or a row that does not end, is looked at in one go: a longer one would take seconds. */
const MOST_HELD_CHARACTERS = 4 * 1024 * 1024;
/** So long it goes on before others get their turn. */
const TURN_MILLISECONDS = 10;

const TOOK_TOO_LONG = 'it takes more time than there is';

export interface Patience {
  readonly clock: Clock;
  /** When whoever waits for it has gone. */
  readonly until: number;
}

export async function maskedPatiently(
  masker: Masker,
  text: string,
  format: Format,
  tally: MaskTally,
  { clock, until }: Patience,
  name?: string,
): Promise<string> {
  if (text.length <= PIECE_CHARACTERS) return masker.text(text, tally, format, name);
  const stream = masker.stream(format, tally, name);
  const masked: string[] = [];
  let turn = clock.now().getTime();
  let held = 0;
  for (let at = 0; at < text.length; at += PIECE_CHARACTERS) {
    const out = stream.push(text.slice(at, at + PIECE_CHARACTERS));
    masked.push(out);
    held = out === '' ? held + PIECE_CHARACTERS : 0;
    if (held > MOST_HELD_CHARACTERS)
      throw new OutOfTime(`one value in it has more than ${MOST_HELD_CHARACTERS} characters`);
    const now = clock.now().getTime();
    if (now >= until) throw new OutOfTime(TOOK_TOO_LONG);
    if (now - turn < TURN_MILLISECONDS) continue;
    await clock.sleep(0);
    turn = clock.now().getTime();
  }
  masked.push(stream.end());
  if (clock.now().getTime() >= until) throw new OutOfTime(TOOK_TOO_LONG);
  return masked.join('');
}
