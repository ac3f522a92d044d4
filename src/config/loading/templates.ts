// Templates in which `${secret.field}` stands for a field of a target's secret. What is wrong is said without the text itself:
// who wrote a credential into the files should not find it in a log, too.

const FIELD = /\$\{secret\.[A-Za-z0-9_-]{1,64}\}/gu;

export function namesSecret(template: string): boolean {
  return template.search(FIELD) !== -1;
}

/** What is wrong with it, wherever it is used. */
export function templateProblem(template: string): string | undefined {
  const literal = template.replace(FIELD, '');
  if (literal.includes('${')) {
    return (
      'has a `${` that names no field of the secret: it must be `${secret.field}`, the field a name of letters, ' +
      'digits, `_` and `-`'
    );
  }
  return /\p{Cc}/u.test(literal) ? 'holds a line break, a tab or another control character' : undefined;
}

export const FIXED =
  'would put a fixed value into the files: keep it in the secret store, and write `${secret.field}` here';
