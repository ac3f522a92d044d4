// One YAML file: its data, and the line that each piece of it stands on.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Fault } from '../model.ts';
import type { Path } from './access.ts';
import { quoted } from './words.ts';

export interface Source {
  readonly file: string;
  readonly data: unknown;
  /** Where a key or item stands; for what is not there, the line of what it is missing from. */
  lineOf(path: Path): number;
}

export interface Parsed {
  /** Undefined when the text is not YAML, so that nothing can be said about what it means. */
  readonly source: Source | undefined;
  readonly faults: readonly Fault[];
}

export function faultAt(source: Source, path: Path, problem: string): Fault {
  return { file: source.file, line: source.lineOf(path), problem };
}

/** More would only repeat the first few, and a bomb must not be unfolded. */
const MAX_ALIASES = 20;
const MAX_SYNTAX_FAULTS = 10;

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function lineFinder(doc: Document, counter: LineCounter): (path: Path) => number {
  return (path) => {
    let node: unknown = doc.contents;
    let offset = offsetOf(node) ?? 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(doc);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (pair === undefined) break;
        offset = offsetOf(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
        node = node.items[step];
        offset = offsetOf(node) ?? offset;
      } else break;
    }
    return Math.max(1, counter.linePos(offset).line);
  };
}

type Report = (node: unknown, problem: string) => void;

/** YAML says "later wins" or guesses here; a file that decides who may do what must not be guessed at. */
function checkKeys(map: YAMLMap, report: Report): void {
  const seen = new Set<string>();
  for (const { key, value } of map.items) {
    const at = offsetOf(key) === undefined ? (value ?? map) : key;
    if (!isScalar(key) || typeof key.value !== 'string') {
      const shown = isScalar(key) ? quoted(key.source ?? 'null') : 'this';
      report(at, `${shown} is not text: a key must be plain text, in quotes if need be`);
      continue;
    }
    if (key.value === '__proto__') report(at, '`__proto__` cannot be a key here');
    if (seen.has(key.value)) report(at, `${quoted(key.value)} stands here a second time: keep one of them`);
    seen.add(key.value);
  }
}

function checkAlias(alias: Alias, path: readonly unknown[], doc: Document, report: Report): void {
  const target = alias.resolve(doc);
  if (target === undefined) {
    report(
      alias,
      `${quoted(`*${alias.source}`)} points at nothing: no ${quoted(`&${alias.source}`)} before it`,
    );
  } else if (path.includes(target)) {
    report(alias, `${quoted(`*${alias.source}`)} holds itself: write out what is meant`);
  }
}

function checkTree(doc: Document, broken: Report, wrong: Report): void {
  let aliases = 0;
  visit(doc, {
    Map: (_, map) => checkKeys(map, wrong),
    Alias: (_, alias, path) => {
      aliases += 1;
      if (aliases === MAX_ALIASES + 1)
        broken(alias, `more than ${MAX_ALIASES} aliases: write out what is meant`);
      if (aliases <= MAX_ALIASES) checkAlias(alias, path, doc, broken);
    },
  });
}

function plainWords(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS')
    return 'a second document starts here: keep one document a file, without `---`';
  if (code === 'RESOURCE_EXHAUSTION') return 'this is nested too deeply';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (`!…`) are not used here';
  const [first = ''] = message.split('\n');
  return `this is not YAML: ${first.charAt(0).toLowerCase()}${first.slice(1)}`;
}

/** The parser's own, the first of each line: what follows on the same line is mostly an echo. */
function syntaxFaults(doc: Document, file: string, lineAt: (offset: number) => number): readonly Fault[] {
  const faults = new Map<number, Fault>();
  if (doc.directives?.yaml.explicit === true && doc.directives.yaml.version !== '1.2') {
    faults.set(1, { file, line: 1, problem: 'only YAML 1.2 is read: leave out the `%YAML` line' });
  }
  for (const { code, message, pos } of [...doc.errors, ...doc.warnings]) {
    const line = lineAt(pos[0]);
    if (faults.has(line) || faults.size === MAX_SYNTAX_FAULTS) continue;
    faults.set(line, { file, line, problem: plainWords(code, message) });
  }
  return [...faults.values()];
}

function parse(file: string, text: string): Parsed {
  const counter = new LineCounter();
  const doc = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    schema: 'core',
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    // Checked below, in words and as the texts that the keys become.
    uniqueKeys: false,
    logLevel: 'error',
  });
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line);
  const syntax = syntaxFaults(doc, file, lineAt);
  if (syntax.length > 0) return { source: undefined, faults: syntax };
  const faults: Fault[] = [];
  let unusable = false;
  const wrong: Report = (node, problem) => {
    faults.push({ file, line: lineAt(offsetOf(node) ?? 0), problem });
  };
  const broken: Report = (node, problem) => {
    unusable = true;
    wrong(node, problem);
  };
  checkTree(doc, broken, wrong);
  if (unusable) return { source: undefined, faults };
  const data: unknown = doc.toJS({ maxAliasCount: MAX_ALIASES });
  return { source: { file, data, lineOf: lineFinder(doc, counter) }, faults };
}

export function parseSource(file: string, text: string): Parsed {
  try {
    return parse(file, text);
  } catch {
    // What the parser throws instead of reporting: aliases that unfold without end, nesting beyond the stack.
    const problem = 'this is nested too deeply, or its aliases unfold too far: write out what is meant, flat';
    return { source: undefined, faults: [{ file, line: 1, problem }] };
  }
}
