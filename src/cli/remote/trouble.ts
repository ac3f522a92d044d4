// What ends a command that asks a broker, when it can't do what was asked. Each says so in words for the operator.

/** The command was not given what it needs: nothing was sent. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** No answer came, or none that a broker of this version gives. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** As much of a problem document as is told to the operator. */
export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly requestId?: string | undefined;
  readonly errors?: readonly { readonly path: string; readonly problem: string }[] | undefined;
  readonly decision?: { readonly policies: readonly string[] } | undefined;
}

/** The broker's "no". */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}

/** What to do about it, where the refusal leaves that open. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthenticated: "This takes a person's own token that is still valid, not an agent's or a task's.",
  approval_expired: 'It can not be decided any more. The agent has to ask again.',
  approval_void: 'It can not be decided any more. The agent has to ask again.',
  outcome_unknown: 'Look again before you repeat it.',
};

export function refusalLines({ code, detail, errors = [], decision, requestId }: Problem): readonly string[] {
  const { policies } = decision ?? {};
  return [
    `${code}: ${detail}`,
    ...errors.map(({ path, problem }) => `  ${path === '' ? 'the request' : path} ${problem}`),
    ...(policies === undefined
      ? []
      : [policies.length === 0 ? 'no policy permits it' : `decided by ${policies.join(', ')}`]),
    ...(Object.hasOwn(ADVICE, code) ? [ADVICE[code] ?? ''] : []),
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
  ];
}
