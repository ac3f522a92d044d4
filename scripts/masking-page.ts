// The parts of docs/masking.md that are made: every type with its example and its check, and the figures that were measured.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMasker, DETECTORS, type Detector, NO_RULES } from '../src/masking/index.ts';

const DOCS = join(import.meta.dirname, '../docs');
const PAGE = join(DOCS, 'masking.md');
const FIGURES = join(DOCS, 'masking-accuracy.json');
const LONGEST_EXAMPLE = 60;

/** What `npm run masking-accuracy -- --write` keeps. */
interface Figures {
  readonly seed: number;
  readonly n: number;
  readonly samples: number;
  readonly recall: Readonly<Record<'structure' | 'context' | 'all', number>>;
  readonly precision: number;
  readonly types: Readonly<
    Record<
      string,
      { readonly n: number; readonly masked: number; readonly as: Readonly<Record<string, number>> }
    >
  >;
  readonly labels: Readonly<Record<string, { readonly precision: number }>>;
}

const TITLES: Readonly<Record<Detector['kind'], string>> = {
  secret: 'Secrets',
  financial: 'Money',
  identity: 'Identity',
  contact: 'Contact',
  network: 'Networks',
  person: 'People',
};

const masker = createMasker(NO_RULES, { current: { id: 'k1', key: new Uint8Array(32) } });
const percent = (share: number) => `${(100 * share).toFixed(1).replace(/\.0$/u, '')} %`;

function shortened(text: string): string {
  return text.length <= LONGEST_EXAMPLE ? text : `${text.slice(0, LONGEST_EXAMPLE - 20)}…${text.slice(-12)}`;
}

function inCode(text: string): string {
  const line = shortened(text.replaceAll(/\s*\n\s*/gu, ' ').trim()).replaceAll('|', '\\|');
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

/** Where a kind of made-up values got several labels, it counts for the one that most of them got. */
function measuredBy(figures: Figures): ReadonlyMap<string, { n: number; masked: number }> {
  const byLabel = new Map<string, { n: number; masked: number }>();
  for (const [type, { n, masked, as }] of Object.entries(figures.types)) {
    const [label = type] = Object.entries(as).toSorted(([, a], [, b]) => b - a)[0] ?? [];
    const known = byLabel.get(label) ?? { n: 0, masked: 0 };
    byLabel.set(label, { n: known.n + n, masked: known.masked + masked });
  }
  return byLabel;
}

const all = (texts: readonly string[]) => [...new Set(texts)].join('; ');

function line(type: string, detectors: readonly Detector[], figures: Figures | undefined): string {
  const [first] = detectors;
  if (first === undefined) throw new Error(`no detector has the type ${type}`);
  const example = first.example.replaceAll(/[«»]/gu, '');
  // A whole token would stop whoever pushes this page to where tokens are looked for.
  const said = first.kind === 'secret' ? first.example.replaceAll(/«([^»]{8})[^»]*»/gu, '$1…') : example;
  const measured = figures === undefined ? undefined : measuredBy(figures).get(type);
  const precision = figures?.labels[type]?.precision;
  return `| ${[
    `\`${type}\``,
    all(detectors.map(({ title }) => title)).replaceAll('|', '\\|'),
    `${inCode(said.replaceAll(/[«»]/gu, ''))} → ${inCode(masker.text(example))}`,
    all(detectors.map(({ check }) => check)).replaceAll('|', '\\|'),
    measured === undefined || measured.n === 0 ? '' : percent(measured.masked / measured.n),
    precision === undefined ? '' : percent(precision),
    measured?.n ?? '',
  ].join(' | ')} |`;
}

function tables(figures: Figures | undefined): string {
  const kinds = [...new Set(DETECTORS.map(({ kind }) => kind))];
  const ordered = Object.keys(TITLES).filter((kind) =>
    kinds.some((one) => one === kind),
  ) as Detector['kind'][];
  return ordered
    .map((kind) => {
      const types = Map.groupBy(
        DETECTORS.filter((detector) => detector.kind === kind),
        ({ type }) => type,
      );
      const lines = [...types]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([type, detectors]) => line(type, detectors, figures));
      return `### ${TITLES[kind]}\n\n| type | what it is | example | what is verified | recall | precision | n |\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function summary(figures: Figures | undefined): string {
  if (figures === undefined) return 'Nothing has been measured yet.\n';
  const { seed, n, samples, recall, precision } = figures;
  return `| | measured | to hold |\n|---|---|---|\n| recall, values that have a structure of their own | ${percent(recall.structure)} | 98 % |\n| recall, values that need context | ${percent(recall.context)} | 90 % |\n| precision | ${percent(precision)} | 97 % |\n\n${samples.toLocaleString('en')} texts, ${n} of each kind, seed ${seed}.\n`;
}

function replaced(page: string, part: string, text: string): string {
  const [begin, end] = [`<!-- ${part}: made by npm run generate -->\n`, `<!-- end of ${part} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/masking.md has no place for ${part}`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
}

function pageNow(): string {
  const figures = existsSync(FIGURES) ? (JSON.parse(readFileSync(FIGURES, 'utf8')) as Figures) : undefined;
  const page = readFileSync(PAGE, 'utf8');
  return replaced(replaced(page, 'figures', summary(figures)), 'types', tables(figures));
}

export function writeMaskingPage(): void {
  writeFileSync(PAGE, pageNow());
}

export function maskingPageProblems(): readonly string[] {
  return readFileSync(PAGE, 'utf8') === pageNow()
    ? []
    : ['docs/masking.md is not what the detectors say: run `npm run generate`'];
}
