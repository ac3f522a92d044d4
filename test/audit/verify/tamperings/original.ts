// The archive that is tampered with, and the hands that do it.
import { digestKey } from '../../../../src/audit/index.ts';
import type { FaultKind } from '../../../../src/audit/verify/index.ts';
import { sha256 } from '../../../../src/shared/hash.ts';
import {
  type ArchiveFiles,
  digestAt,
  fileAt,
  linesIn,
  putLines,
  resign,
  resignFrom,
  type SmallArchive,
  smallArchive,
  testKey,
} from '../../../support/archives.ts';

export const ORIGINAL = smallArchive();
export const STRANGER = testKey();
export const [ONE, TWO] = ORIGINAL.keys;
export const HEAD = sha256(fileAt(ORIGINAL.files, digestKey(3)));

const idOf = (line = '') => String(JSON.parse(line).unmapped.event.id);
export const object = (place: number) => ORIGINAL.objects[place] ?? '';
export const ids = (place: number) => linesIn(ORIGINAL.files, object(place)).map(idOf);
export const indexOf = (sequence: number) => digestAt(ORIGINAL.files, sequence).index?.key ?? '';

export interface Tampering {
  readonly what: string;
  readonly how: (files: ArchiveFiles, archive: SmallArchive) => void;
  /** Exactly these, however often. */
  readonly kinds: readonly FaultKind[];
  /** Each is in what is said. */
  readonly says: readonly string[];
  readonly head?: string;
}

export const changeLines =
  (place: number, change: (lines: string[]) => string[]) =>
  (files: ArchiveFiles): void =>
    putLines(files, object(place), change(linesIn(files, object(place))));

export const move = (files: ArchiveFiles, from: string, to: string): void => {
  files.set(to, fileAt(files, from));
  files.delete(from);
};

export const swap = (files: ArchiveFiles, one: string, two: string): void => {
  const [first, second] = [fileAt(files, one), fileAt(files, two)];
  files.set(one, second).set(two, first);
};

export const textOf = (files: ArchiveFiles, key: string) => Buffer.from(fileAt(files, key)).toString();

/** As somebody does who has the key of the broker: everything after it is signed again, too. */
export const asBroker = (sequence: number, change: (files: ArchiveFiles) => Parameters<typeof resign>[3]) => {
  return (files: ArchiveFiles): void => {
    resign(files, sequence, sequence === 1 ? ONE : TWO, change(files));
    resignFrom(files, sequence + 1, () => TWO);
  };
};
