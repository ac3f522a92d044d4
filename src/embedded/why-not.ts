// Why the broker can't start, in one clear sentence.
import { DataDirectoryInUse } from '../adapters/embedded/data-lock.ts';
import { SecretsFileRefused } from '../adapters/embedded/file-secrets.ts';
import { DatabaseTooNew } from '../adapters/embedded/migrations.ts';
import { DatabaseDamaged, saysDamaged } from '../adapters/embedded/sound-database.ts';
import { BadPseudonymKey } from '../masking/index.ts';
import { Unavailable } from '../shared/errors.ts';
import { BadTokenKeys } from '../tasks/index.ts';
import { PrivateFileDamaged, PrivateFileExposed } from './private-file.ts';

/** The operator can do something about it; the message says what. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

interface Asked {
  readonly port: number;
  readonly data: string;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ENOSPC', 'ERR_SQLITE_ERROR'];

const SAY_THEMSELVES = [SecretsFileRefused, PrivateFileExposed, PrivateFileDamaged, DatabaseTooNew];

/** Also of a file that nobody looked at, since it was closed: then SQLite says so where it comes upon it. */
function isDamage(error: unknown): boolean {
  return error instanceof DatabaseDamaged || (error instanceof Unavailable && saysDamaged(error.cause));
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

/** The error itself where nobody foresaw it. */
export function whyNot(error: unknown, { port, data }: Asked): unknown {
  const code = codeOf(error);
  if (error instanceof CannotStart) return error;
  if (error instanceof DataDirectoryInUse) {
    return new CannotStart(
      `Another broker is using the data directory ${data}. Stop it, or name another with --data.`,
    );
  }
  if (SAY_THEMSELVES.some((kind) => error instanceof kind)) {
    return new CannotStart(sentence((error as Error).message));
  }
  if (error instanceof BadTokenKeys) {
    return new CannotStart(
      `The file task-token-keys.json in ${data} is damaged. Delete it: open tasks then need new tokens.`,
    );
  }
  if (error instanceof BadPseudonymKey) {
    return new CannotStart(
      `The file masking-keys.json in ${data} is damaged. Put its copy back, or delete it: pseudonyms are other ones then.`,
    );
  }
  if (isDamage(error)) {
    return new CannotStart(
      `The file bailiwick.db in ${data} is damaged. Restore it together with bailiwick.db-wal and bailiwick.db-shm of the same moment, or alone with neither of them beside it.`,
    );
  }
  if (error instanceof Unavailable) {
    return new CannotStart(`The data directory ${data} can't be read or written (${error.message}).`);
  }
  if (code === 'EADDRINUSE') {
    return new CannotStart(`The port ${port} is taken. Stop what uses it, or name another with --port.`);
  }
  if (code === 'EACCES' && error instanceof Error && 'syscall' in error && error.syscall === 'listen') {
    return new CannotStart(`The port ${port} may not be used by this user. Name another with --port.`);
  }
  if (UNWRITABLE.includes(code)) {
    return new CannotStart(
      `The data directory ${data} can't be written (${code}). Name another with --data.`,
    );
  }
  return error;
}
