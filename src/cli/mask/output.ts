// Writes to standard output no faster than whoever reads it, until they have read enough.
import { once } from 'node:events';

export interface Output {
  /** False once nobody reads any more. */
  write(bytes: Buffer | string): Promise<boolean>;
}

export function outputTo(stream: NodeJS.WriteStream): Output {
  let gone = false;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // As with `head`, that is no fault of the command's. What else goes wrong, `lines.ts` throws.
  stream.on('error', () => {
    gone = true;
    resolve();
  });
  return {
    async write(bytes) {
      if (gone) return false;
      if (bytes.length > 0 && !stream.write(bytes)) await Promise.race([once(stream, 'drain'), closed]);
      return !gone;
    },
  };
}
