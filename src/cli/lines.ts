// Where commands write.

/** Each text is a line. */
export interface Lines {
  out(line: string): void;
  err(line: string): void;
}

// Whoever reads the beginning only, as `head` does, closes the pipe: that is no fault of the command.
process.stdout.on('error', (error) => {
  if (!('code' in error && error.code === 'EPIPE')) throw error;
});

export const terminal: Lines = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
};

/** 0 done, 1 found something, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;
