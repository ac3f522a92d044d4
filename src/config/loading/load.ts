// Loads and checks a directory of the operator's files, completely: every fault at once, or a config.
import { checkPolicies as checkCedar, checkPolicySyntax } from '../../policy/index.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Config, Fault, PolicyFile } from '../model.ts';
import { at } from './access.ts';
import { buildConfig } from './build.ts';
import { checkAllActions, hasStatements } from './checks/actions.ts';
import { checkAgents } from './checks/agents.ts';
import { checkBroker } from './checks/broker.ts';
import { type Findings, together } from './checks/common.ts';
import { type Entry, gatherFacts, type Mode } from './checks/facts.ts';
import { checkLogin } from './checks/login.ts';
import { checkMasking } from './checks/masking.ts';
import { checkPolicySizes } from './checks/policy-size.ts';
import { checkTargets, isKindToCome } from './checks/targets.ts';
import { checkShape, type Shape } from './explain.ts';
import { decode, digestOf, type Found, findFiles, NOT_UTF8, type ReadFile, readFiles } from './files.ts';
import { mayBeRight, withoutFaults } from './mend.ts';
import { publishedActions } from './published.ts';
import type { Kind } from './schema/index.ts';
import { parseSource, type Source } from './source.ts';

type CheckPolicies = (config: Config) => Promise<readonly Fault[]>;

interface LoadOptions {
  readonly mode: Mode;
  /** Judges the policies against the rest, or what is right of the rest. Left out: Cedar does. */
  readonly checkPolicies?: CheckPolicies;
}

export type Loaded =
  | { readonly config: Config; readonly warnings: readonly Fault[] }
  | { readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

/** By file and line, each once. */
export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const key = ({ file, line, problem }: Fault) => JSON.stringify([file, line, problem]);
  const once = [...new Map(faults.map((fault) => [key(fault), fault])).values()];
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return once.sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.problem, b.problem));
}

interface YamlFile {
  readonly file: string;
  /** SHA-256 of its bytes, in hex. */
  readonly digest: string;
  /** Undefined where the bytes are no text. */
  readonly text: string | undefined;
}

interface Texts {
  readonly yaml: readonly YamlFile[];
  readonly policies: readonly PolicyFile[];
  readonly faults: readonly Fault[];
}

function textsOf(files: readonly ReadFile[]): Texts {
  const yaml: YamlFile[] = [];
  const policies: PolicyFile[] = [];
  const faults: Fault[] = [];
  for (const { file, bytes } of files) {
    const decoded = decode(bytes);
    const text = 'text' in decoded ? decoded.text : undefined;
    if ('brokenLine' in decoded) {
      faults.push({ file, line: decoded.brokenLine, problem: NOT_UTF8 });
    }
    if (file.endsWith('.yaml')) yaml.push({ file, digest: sha256(bytes), text });
    else if (text !== undefined) policies.push({ file, text });
  }
  return { yaml, policies, faults };
}

interface Valued<K extends Kind> {
  readonly source: Source;
  readonly value: Shape<K>;
  /** Of its file. */
  readonly digest: string;
}

interface Read<K extends Kind> {
  readonly entries: readonly Entry[];
  readonly sources: readonly Source[];
  readonly values: readonly Valued<K>[];
  /** Those, and of files with faults what is right in them. */
  readonly mended: readonly Valued<K>[];
  readonly faults: readonly Fault[];
  /** Of the files with faults. */
  readonly faultyTexts: readonly string[];
}

function readKind<K extends Kind>(kindOf: (source: Source) => K, files: Texts['yaml']): Read<K> {
  const entries: Entry[] = [];
  const values: Valued<K>[] = [];
  const mended: Valued<K>[] = [];
  const faults: Fault[] = [];
  const faultyTexts: string[] = [];
  for (const { file, digest, text } of files) {
    const parsed = text === undefined ? { source: undefined, faults: [] } : parseSource(file, text);
    const { source } = parsed;
    entries.push({ file, source });
    const shape = source && checkShape(kindOf(source), source);
    const wrong = [...parsed.faults, ...(shape?.faults ?? [])];
    faults.push(...wrong);
    if (wrong.length > 0) faultyTexts.push(text ?? '');
    if (source === undefined) continue;
    const whole = shape?.value;
    const value = whole ?? withoutFaults(kindOf(source), source.data);
    if (whole !== undefined) values.push({ source, value: whole, digest });
    if (value !== undefined) mended.push({ source, value, digest });
  }
  const sources = entries.flatMap(({ source }) => source ?? []);
  return { entries, sources, values, mended, faults, faultyTexts };
}

type TargetKind = 'awsTarget' | 'httpTarget' | 'targetToCome' | 'targetOfNoKind';

function targetKind(source: Source): TargetKind {
  if (isKindToCome(source)) return 'targetToCome';
  const kind = at(source.data, ['kind']);
  return kind === 'aws' ? 'awsTarget' : kind === 'http' ? 'httpTarget' : 'targetOfNoKind';
}

/** What IAM and STS would say of it, as far as that can be known here. */
async function checkStatements({ sources, values }: Read<TargetKind>): Promise<readonly Findings[]> {
  const written = sources.filter((source) => !isKindToCome(source) && hasStatements(source));
  if (written.length === 0) return [];
  const published = await publishedActions();
  return [
    ...written.flatMap((source) => checkAllActions(source, published)),
    ...values.flatMap(({ source, value }) =>
      value.kind === 'aws' ? [{ faults: checkPolicySizes(source, value), warnings: [] }] : [],
    ),
  ];
}

async function checkTogether(
  broker: Read<'broker'>,
  agents: Read<'agent'>,
  targets: Read<TargetKind>,
  mode: Mode,
): Promise<Findings> {
  const facts = gatherFacts(broker.sources[0], targets.entries);
  return together([
    ...broker.sources.map((source) => checkBroker(source, mode)),
    ...broker.sources.map((source) => checkLogin(source, targets.sources, mode)),
    ...checkAgents(agents.sources, facts, broker.sources[0], mode),
    ...checkTargets(targets.sources, facts, mode),
    ...checkMasking([...broker.sources, ...targets.sources], broker.sources[0]),
    ...(await checkStatements(targets)),
  ]);
}

const BLANK = /^(?:\s|\/\/[^\n]*)*$/u;

function noPolicies(policies: readonly PolicyFile[]): readonly Fault[] {
  if (policies.some(({ text }) => !BLANK.test(text))) return [];
  const [file] = policies;
  const what = file === undefined ? 'there is no policies/*.cedar' : 'there is no policy in policies/*.cedar';
  return [{ file: file?.file ?? 'policies', line: 1, problem: `${what}, so everything will be denied` }];
}

async function readAll(
  dir: string,
): Promise<{ texts: Texts; unread: readonly Fault[]; found: Found; digest: string }> {
  const found = await findFiles(dir);
  const read = await readFiles(found);
  const unread = [...found.faults, ...read.faults];
  return { texts: textsOf(read.files), unread, found, digest: digestOf(read.files) };
}

/** A checked config, or everything that is wrong with it. */
export async function loadConfig(dir: string, options: LoadOptions): Promise<Loaded> {
  const { mode, checkPolicies = checkCedar } = options;
  const { texts, unread, found, digest } = await readAll(dir);
  const below = (prefix: string) => texts.yaml.filter(({ file }) => file.startsWith(prefix));
  const broker = readKind(() => 'broker', below('broker.yaml'));
  const agents = readKind(() => 'agent', below('agents/'));
  const targets = readKind(targetKind, below('targets/'));
  const shape = [...broker.faults, ...agents.faults, ...targets.faults];
  // What is named here may stand in a file that could not be read.
  const judge = unread.length === 0;
  const findings = judge ? await checkTogether(broker, agents, targets, mode) : { faults: [], warnings: [] };
  const missing = judge ? noPolicies(texts.policies) : [];
  const warnings = inOrder([...found.warnings, ...findings.warnings, ...missing]);
  const unreadable = [...unread, ...texts.faults];
  const [settings] = broker.mended;
  const syntax = await checkPolicySyntax(texts.policies);
  const alone = [...unreadable, ...shape, ...findings.faults, ...syntax];
  // Whether what policies name exists can't be told; whether they are policies at all can.
  if (unreadable.length > 0 || settings === undefined) return { faults: inOrder(alone), warnings };
  const config = buildConfig({
    digest,
    broker: settings.value,
    agents: agents.mended.map(({ value, digest: ofFile }) => ({ ...value, digest: ofFile })),
    targets: targets.mended.map(({ value }) => value),
    policies: texts.policies,
  });
  const ofPolicies = await checkPolicies(config);
  const faultyTexts = [broker, agents, targets].flatMap((read) => read.faultyTexts);
  const sure = shape.length === 0 ? ofPolicies : ofPolicies.filter((one) => !mayBeRight(one, faultyTexts));
  const faults = inOrder([...alone, ...sure]);
  return faults.length > 0 ? { faults, warnings } : { config, warnings };
}
