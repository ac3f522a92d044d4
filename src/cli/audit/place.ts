// An archive to look at: a directory, or a bucket, and the keys that lie beside it.
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createDirectoryArchiveReader } from '../../adapters/embedded/directory-archive.ts';
import { keyIdsOfPem } from '../../audit/verify/index.ts';
import type { ArchiveReader } from '../../ports/archive.ts';
import { WrongUse } from '../remote/trouble.ts';

export interface Place {
  /** As it was named, or where it was found. */
  readonly name: string;
  readonly reader: ArchiveReader;
  /** Where its own broker keeps its keys; undefined for a bucket. */
  readonly data: string | undefined;
}

const BUCKET = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

/** The SDK is loaded for those alone who need it. */
async function inBucket(name: string): Promise<Place> {
  const [, bucket, prefix = ''] = BUCKET.exec(name) ?? [];
  if (bucket === undefined) throw new WrongUse(`${name} is not s3://BUCKET or s3://BUCKET/PREFIX.`);
  const [{ S3Client }, { s3Settings }, { createS3ArchiveReader }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../../adapters/aws/client-settings.ts'),
    import('../../adapters/aws/s3-archive.ts'),
  ]);
  const client = new S3Client(s3Settings(process.env));
  return { name, reader: createS3ArchiveReader({ client, bucket, prefix }), data: undefined };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = codeOf(error);
    throw new WrongUse(
      code === 'ENOENT'
        ? `There is no ${directory}.`
        : `${directory} can't be read as a directory (${code}).`,
    );
  }
}

/** What an archive has at least one of, once anything is in it. */
const PARTS = ['digests', 'events', 'unarchived'];

async function inDirectory(name: string): Promise<Place> {
  const names = await namesIn(name);
  const at = (directory: string): Place => ({
    name: directory,
    reader: createDirectoryArchiveReader({ directory }),
    data: dirname(resolve(directory)),
  });
  if (names.some((each) => PARTS.includes(each))) return at(name);
  if (names.includes('archive')) {
    await namesIn(join(name, 'archive'));
    return at(join(name, 'archive'));
  }
  if (names.length === 0) return at(name);
  throw new WrongUse(
    `${name} is no archive: it has no ${PARTS.join('/, no ')}/, nor an archive/ as a data directory has.`,
  );
}

export async function openPlace(name: string): Promise<Place> {
  return name.startsWith('s3:') ? inBucket(name) : inDirectory(name);
}

export interface Keys {
  /** Undefined where there are none: then the archive's own word is all there is. */
  readonly ids: readonly string[] | undefined;
  /** In words: where they are from. */
  readonly from: string;
  /** Nobody but the archive's owner says that they are the right ones. */
  readonly isSelfAttested: boolean;
}

async function idsIn(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    // To read a pipe is to wait for whoever writes into it.
    if (!(await stat(file)).isFile()) throw new WrongUse(`The key ${file} is no file.`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof WrongUse) throw error;
    throw new WrongUse(`The key ${file} can't be read (${codeOf(error)}).`);
  }
  const ids = keyIdsOfPem(text);
  if (ids !== undefined) return ids;
  throw new WrongUse(`${file} has no key that is on P-256, as PEM, or one that is not.`);
}

const BESIDE = /^signing-key(?:-(?:[2-9]|[1-9]\d+))?\.pem$/;

/** None where that directory can't be listed: an archive may be open to those for whom all around it is closed. */
async function besideIn(data: string | undefined): Promise<readonly string[]> {
  if (data === undefined) return [];
  const names = await readdir(data).catch(() => []);
  return names
    .filter((name) => BESIDE.test(name))
    .sort()
    .map((name) => join(data, name));
}

/** The files that were named, else those of the data directory. */
export async function findKeys(files: readonly string[], { data }: Place): Promise<Keys> {
  if (files.length > 0) {
    const ids = (await Promise.all(files.map(idsIn))).flat();
    return { ids, from: files.join(', '), isSelfAttested: false };
  }
  const beside = await besideIn(data);
  if (beside.length === 0) {
    return { ids: undefined, from: 'the archive itself', isSelfAttested: true };
  }
  const ids = (await Promise.all(beside.map(idsIn))).flat();
  return { ids, from: beside.join(', '), isSelfAttested: true };
}
