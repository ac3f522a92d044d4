// `npm run masking-accuracy`: how much is masked that is to be, and how much that is not, on generated or given text.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusOf, KIND_OF } from '../bench/masking/corpus.ts';
import { readCorpus, readMap } from '../bench/masking/given.ts';
import { type KnownType, type Miss, type Score, scoreOf } from '../bench/masking/score.ts';
import { createMasker, type Format, NO_RULES } from '../src/masking/index.ts';

const USAGE = `usage: npm run masking-accuracy -- [--seed N] [--n N] [--format text|auto] [--json] [--misses TYPE] [--false [LABEL]]
       [--corpus FILE [--map FILE]]   lines of {"text", "spans": [{"type", "start", "end"}]}
       [--write]                      keeps the figures in docs/masking-accuracy.json`;
const KEPT = join(import.meta.dirname, '../docs/masking-accuracy.json');
const AROUND = 60;

const { values: given } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    n: { type: 'string', default: '120' },
    format: { type: 'string', default: 'auto' },
    json: { type: 'boolean' },
    misses: { type: 'string' },
    false: { type: 'string' },
    corpus: { type: 'string' },
    map: { type: 'string' },
    most: { type: 'string', default: '40' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

function shown({ sample, start, end, type }: Miss): string {
  const before = sample.text.slice(Math.max(0, start - AROUND), start);
  const after = sample.text.slice(end, end + AROUND);
  return `${type.padEnd(20)} ${sample.shape.padEnd(10)} ${JSON.stringify(`${before}«${sample.text.slice(start, end)}»${after}`)}`;
}

function printTables({ types, labels, ...all }: Score): void {
  console.table(
    Object.entries(types)
      .map(([type, { tells, n, recall, as }]) => ({
        type,
        tells,
        n,
        recall,
        as: Object.keys(as).slice(0, 4).join(' '),
      }))
      .toSorted((a, b) => a.recall - b.recall),
  );
  console.table(
    Object.entries(labels)
      .map(([label, { n, false: wrong, precision }]) => ({ label, n, false: wrong, precision }))
      .toSorted((a, b) => a.precision - b.precision),
  );
  console.log(JSON.stringify(all));
}

function run(): void {
  const seed = Number(given.seed);
  const n = Number(given.n);
  const map = given.map === undefined ? undefined : readMap(readFileSync(given.map, 'utf8'));
  const samples =
    given.corpus === undefined ? corpusOf(seed, n) : readCorpus(readFileSync(given.corpus, 'utf8'), map);
  const masker = createMasker(NO_RULES, { current: { id: 'k1', key: new Uint8Array(32) } });
  const known = (type: string): KnownType => KIND_OF.get(type) ?? { tells: 'structure' };
  const { score, misses, falses } = scoreOf(
    samples,
    (text) => masker.find(text, given.format as Format),
    known,
  );
  const most = Number(given.most);
  if (given.write) writeFileSync(KEPT, `${JSON.stringify({ seed, n, ...score }, undefined, 2)}\n`);
  if (given.misses !== undefined) {
    const wanted = misses.filter(({ type }) => given.misses === 'all' || type === given.misses);
    for (const miss of wanted.slice(0, most)) console.log(shown(miss));
    console.log(`${wanted.length} missed`);
  } else if (given.false !== undefined) {
    const wanted = falses.filter(({ type }) => given.false === 'all' || type === given.false);
    for (const one of wanted.slice(0, most)) console.log(shown(one));
    console.log(`${wanted.length} false`);
  } else if (given.json) console.log(JSON.stringify({ seed, n, ...score }));
  else printTables(score);
}

if (given.help) console.log(USAGE);
else run();
