// A digest's index, line by line: of a busy span it is too large to be unpacked whole.
import { createGunzip } from 'node:zlib';
import { MOST_OBJECT_BYTES } from '../archive/lines.ts';
import { pieceOf } from './read-ahead.ts';

/** An id, a blank, a hash. */
const MOST_LINE = 1024;
const LINE = /^(\S{1,256}) ([0-9a-f]{64})$/;
/** More than the lines of one object have, even if each of its own lines is as short as an event can be. */
const MOST_TAKEN = 2 * MOST_OBJECT_BYTES;

export interface Listed {
  readonly id: string;
  readonly leaf: string;
}

export interface IndexLines {
  /** The bytes of an object's lines, so many; of fewer where it ends. Throws where it can't be unpacked or are too many. */
  take(count: number): Promise<Buffer>;
  close(): void;
}

const LINE_END = 10;

interface Share {
  readonly end: number;
  readonly lines: number;
}

/** What of a piece belongs to the next lines, so many: all of it where they go on behind it. */
function shareOf(piece: Buffer, count: number): Share {
  let [end, lines] = [0, 0];
  while (lines < count) {
    const at = piece.indexOf(LINE_END, end);
    if (at === -1) break;
    end = at + 1;
    lines += 1;
  }
  return { end, lines };
}

/** As bytes, since what lives longer than a moment among a million texts makes all of them cost more. */
export function openIndex(packed: Uint8Array): IndexLines {
  const gunzip = createGunzip({ chunkSize: pieceOf(packed) });
  // Whoever asks for the next piece hears of it.
  gunzip.on('error', () => undefined);
  const pieces: AsyncIterator<Buffer> = gunzip[Symbol.asyncIterator]();
  gunzip.end(packed);
  let rest: Buffer = Buffer.alloc(0);

  /** False at the end. */
  async function more(): Promise<boolean> {
    const { done, value } = await pieces.next();
    if (done === true) return false;
    rest = value;
    return true;
  }

  return {
    async take(count) {
      const taken: Buffer[] = [];
      let [size, found, open] = [0, 0, 0];
      while (found < count) {
        if (rest.length === 0 && !(await more())) break;
        const { end, lines } = shareOf(rest, count - found);
        found += lines;
        const part = found < count ? rest : rest.subarray(0, end);
        open = part.length - end + (end === 0 ? open : 0);
        size += part.length;
        if (open > MOST_LINE || size > MOST_TAKEN) throw new Error('no lines of an index');
        taken.push(part);
        rest = rest.subarray(part.length);
      }
      if (open > 0) throw new Error('its last line has no end');
      const [only = Buffer.alloc(0), ...others] = taken;
      return others.length === 0 ? only : Buffer.concat(taken);
    },
    close: () => void gunzip.destroy(),
  };
}

/** Those of several lines. Throws where one is none. */
export function listedIn(lines: Buffer): readonly Listed[] {
  const texts = lines.toString('latin1').split('\n');
  // Behind the last end of a line there is nothing.
  return texts.slice(0, -1).map((text) => {
    const [, id, leaf] = LINE.exec(text) ?? [];
    if (id === undefined || leaf === undefined) throw new Error('no line of an index');
    return { id, leaf };
  });
}

/** Undefined where that can't be said. */
export function listedIfAny(lines: Buffer | undefined): readonly Listed[] | undefined {
  try {
    return lines && listedIn(lines);
  } catch {
    return undefined;
  }
}
