// `bailiwick audit`: what was recorded, looked at by those who did not record it.
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { runSubcommand, type Subcommands } from './subcommands.ts';

export const AUDIT_HELP = `bailiwick audit: the archive of the audit, and whether it is whole

usage: bailiwick audit verify DIR | s3://BUCKET[/PREFIX] [OPTIONS]
       bailiwick audit rotate-key [--data DIR]

  verify       check every digest, every object and every event: what is missing, altered, added, reordered or
               unsigned is named, and what is not signed yet. No broker is asked, and nothing is written
    DIR          an archive, a copy of one, or the data directory that it is in
    s3://…       an archive in a bucket, with the AWS credentials and endpoint variables of the environment
    --key FILE   the public key that the broker's digests are signed with, or several, as PEM; may be given again. One
                 of any time is enough. Left out, it is the key beside the archive, which whoever changed the archive
                 could have changed too
    --proof EVENT
                 print a proof that this one event was signed, as JSON, and check no others
    --head SHA256
                 a digest's hash that was written down earlier: it must still be there
    --since DATE what was archived before is not looked at, and may have expired: a day such as 2026-05-01, which begins
                 at midnight UTC, or a moment such as 2026-05-01T09:00:00Z. Where earlier digests are gone, a key of
                 that time or later is needed
    --json       what was found, as JSON

  rotate-key   make the next key that an embedded broker signs with [--data DIR]: the next digest names it, the one
               after that is signed with it. The broker may run meanwhile

Exit codes: 0 nothing is wrong; 1 something is, or the event is not signed, or nothing is although a key or a head was
given, or nothing is and some of it is older than two hours; 2 wrong use, no archive, a key that is none, or files that can't be read.`;

const SUBCOMMANDS: Subcommands = {
  of: 'audit',
  usage: 'usage: bailiwick audit verify … | rotate-key, and `bailiwick audit --help` says more',
  all: {
    verify: async () => (await import('./audit/verify.ts')).runVerify,
    'rotate-key': async () => (await import('./audit/rotate-key.ts')).runRotateKey,
  },
};

export async function runAudit(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> {
  return runSubcommand(SUBCOMMANDS, args, lines, environment);
}
