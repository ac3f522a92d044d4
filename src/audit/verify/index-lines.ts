// A digest's index, line by line: of a busy span it is too large to be unpacked whole.
import { createGunzip } from 'node:zlib';
import { pieceOf } from './read-ahead.ts';

/** An id, a blank, a hash. */
const MOST_LINE = 1024;
const LINE = /^(\S{1,256}) ([0-9a-f]{64})$/;

export interface Listed {
  readonly id: string;
  readonly leaf: string;
}

export interface IndexLines {
  /** The bytes of the next lines, so many; of fewer where it ends. Throws where it can't be unpacked. */
  take(count: number): Promise<Buffer>;
  close(): void;
}

const LINE_END = 10;

/** As bytes, since what lives longer than a moment among a million texts makes all of them cost more. */
export function openIndex(packed: Uint8Array): IndexLines {
  const gunzip = createGunzip({ chunkSize: pieceOf(packed) });
  // Whoever asks for the next piece hears of it.
  gunzip.on('error', () => undefined);
  const pieces: AsyncIterator<Buffer> = gunzip[Symbol.asyncIterator]();
  gunzip.end(packed);
  let bytes: Buffer = Buffer.alloc(0);

  /** False at the end. */
  async function more(): Promise<boolean> {
    const { done, value } = await pieces.next();
    if (done === true) return false;
    bytes = bytes.length === 0 ? value : Buffer.concat([bytes, value]);
    return true;
  }

  return {
    async take(count) {
      let [end, found] = [0, 0];
      while (found < count) {
        const at = bytes.indexOf(LINE_END, end);
        if (at !== -1) {
          end = at + 1;
          found += 1;
          continue;
        }
        if (bytes.length - end > MOST_LINE) throw new Error('no line of an index');
        if (await more()) continue;
        if (bytes.length > end) throw new Error('its last line has no end');
        break;
      }
      const taken = bytes.subarray(0, end);
      bytes = bytes.subarray(end);
      return taken;
    },
    close: () => void gunzip.destroy(),
  };
}

/** Those of several lines; what is none is left out. */
export function listedIn(lines: Buffer): readonly Listed[] {
  return lines
    .toString('latin1')
    .split('\n')
    .flatMap((line) => {
      const [, id, leaf] = LINE.exec(line) ?? [];
      return id === undefined || leaf === undefined ? [] : [{ id, leaf }];
    });
}
