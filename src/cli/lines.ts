// Where commands write.

/** Each text is a line. */
export interface Lines {
  out(line: string): void;
  err(line: string): void;
}

// Whoever reads the beginning only, as `head` does, closes the pipe: that is no fault of the command. A full disk is none
// either, but what was to be written is not there.
process.stdout.on('error', (error) => {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'EPIPE') return;
  if (!/^E[A-Z]+$/.test(code)) throw error;
  process.stderr.write(`Standard output can't be written (${code}).\n`);
  process.exit(2);
});

// Whoever read the log has gone, and a broker serves all the same. Nobody is left to be told.
process.stderr.on('error', () => {});

export const terminal: Lines = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
};

/** 0 done, 1 found something, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;
