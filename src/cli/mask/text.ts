// Masks standard input as one text, in parts: what comes out is what the whole would have given.
import type { Masker, Tally } from '../../masking/index.ts';
import { createDecoder, createEncoder } from './bytes.ts';
import type { Output } from './output.ts';

export async function maskText(
  masker: Masker,
  input: AsyncIterable<Buffer>,
  output: Output,
  tally: Tally,
): Promise<void> {
  const [decoder, encoder] = [createDecoder(), createEncoder()];
  const stream = masker.stream('auto', tally);
  for await (const bytes of input) {
    if (!(await output.write(encoder.push(stream.push(decoder.push(bytes)))))) return;
  }
  await output.write(encoder.push(stream.push(decoder.end())));
  await output.write(encoder.push(stream.end()));
}

/** Each line by itself, as whoever types it waits for it. */
export async function maskTyped(
  masker: Masker,
  input: AsyncIterable<Buffer>,
  output: Output,
  tally: Tally,
): Promise<void> {
  const [decoder, encoder] = [createDecoder(), createEncoder()];
  let held = '';
  const write = (line: string) => output.write(encoder.push(masker.text(line, tally, 'auto')));
  for await (const bytes of input) {
    const lines = (held + decoder.push(bytes)).split(/(?<=\n)/u);
    held = lines.at(-1)?.endsWith('\n') === false ? (lines.pop() ?? '') : '';
    for (const line of lines) if (!(await write(line))) return;
  }
  await write(held + decoder.end());
}
