// The state machine of approvals as it stands in its file, unread by anything of ours.
import { readFileSync } from 'node:fs';

interface Written {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName: string; readonly Payload: Readonly<Record<string, string>> };
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Retry?: readonly unknown[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath: null;
    readonly Next: string;
  }[];
  readonly ResultSelector?: Readonly<Record<string, string>>;
  readonly ResultPath?: string | null;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Default?: string;
  readonly Next?: string;
}

export const TEXT = readFileSync(new URL('../../statemachines/approval.asl.json', import.meta.url), 'utf8');

const definition: { readonly States: Readonly<Record<string, Written>> } = JSON.parse(TEXT);

export const STATES = Object.entries(definition.States);
export const TASKS = STATES.filter(([, { Type }]) => Type === 'Task');

/** Every way out of every state. */
export const TRANSITIONS: readonly string[] = STATES.flatMap(([name, written]) => [
  ...(written.Next === undefined ? [] : [`${name}.Next`]),
  ...(written.Choices ?? []).map((_, at) => `${name}.Choices[${at}]`),
  ...(written.Default === undefined ? [] : [`${name}.Default`]),
  ...(written.Catch ?? []).map((_, at) => `${name}.Catch[${at}]`),
]);

export const ENDS = STATES.filter(([, { Type }]) => Type === 'Succeed' || Type === 'Fail').map(
  ([name]) => name,
);
