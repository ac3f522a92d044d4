// Whom a deny that the broker rendered denies: read by its own four kinds of statement, and by nothing else.

export interface TaggedSession {
  readonly agent: string;
  readonly task: string;
  readonly root: string;
  /** By the clock of STS. */
  readonly issued: Date;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

function fits({ Condition }: Statement, session: TaggedSession): boolean {
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const tag = /^aws:PrincipalTag\/(agent|task|root)$/.exec(key)?.[1] as 'agent' | 'task' | 'root';
      if (operator === 'StringEquals') return [values].flat().includes(session[tag]);
      if (operator === 'StringNotEquals') return ![values].flat().includes(session[tag]);
      if (operator === 'Null') return values === 'false';
      // Every session here is named after its task.
      if (operator === 'StringLike' && key === 'aws:userid') return values === '*:task_*';
      if (operator === 'DateLessThan' && key === 'aws:TokenIssueTime') {
        return session.issued.getTime() < Date.parse(String(values));
      }
      throw new Error(`nobody here writes ${operator} of ${key}`);
    }),
  );
}

/** The document that was asked about last: hundreds of sessions are held up to the same one. */
let last: { readonly document: string; readonly statements: readonly Statement[] } | undefined;

function statementsOf(document: string): readonly Statement[] {
  if (last?.document !== document) {
    const { Statement: statements } = JSON.parse(document) as { readonly Statement: readonly Statement[] };
    last = { document, statements };
  }
  return last.statements;
}

export function denies(document: string | undefined, session: TaggedSession): boolean {
  if (document === undefined) return false;
  return statementsOf(document).some((statement) => {
    if (statement.Effect !== 'Deny' || statement.Action !== '*' || statement.Resource !== '*') {
      throw new Error('a statement that is not a deny of everything');
    }
    return fits(statement, session);
  });
}

/** As IAM counts it. */
export function sizeOf(document: string): number {
  return document.replace(/\s/gu, '').length;
}
