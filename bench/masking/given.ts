// Corpora from elsewhere: lines of JSON with a text and what in it is sensitive.
import { z } from 'zod';
import type { Gold, Sample } from './marked.ts';

const LINE = z.object({
  text: z.string(),
  spans: z.array(z.object({ type: z.string(), start: z.number(), end: z.number() })),
});

/** A corpus' types to ours; `-`, or no word at all, where the corpus asks for more than masking promises. */
export type TypeMap = Readonly<Record<string, string>>;

export function readMap(text: string): TypeMap {
  return z.record(z.string(), z.string()).parse(JSON.parse(text));
}

export function readCorpus(text: string, map?: TypeMap): Sample[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { text: said, spans } = LINE.parse(JSON.parse(line));
      const mapped: Gold[] = spans.map((span) => ({
        ...span,
        type: map === undefined ? span.type : (map[span.type] ?? '-'),
      }));
      return {
        text: said,
        spans: mapped.filter(({ type }) => type !== '-'),
        asides: mapped.filter(({ type }) => type === '-'),
        shape: 'given',
      };
    });
}
