// Careful looks into parsed YAML whose shape may be wrong, so that one fault does not hide the others.

export type Path = readonly (string | number)[];

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function at(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

export function textAt(data: unknown, path: Path): string | undefined {
  const value = at(data, path);
  return typeof value === 'string' ? value : undefined;
}

export function itemsAt(data: unknown, path: Path): readonly unknown[] {
  const value = at(data, path);
  return Array.isArray(value) ? value : [];
}

export function entriesAt(data: unknown, path: Path): readonly (readonly [string, unknown])[] {
  const value = at(data, path);
  return isMapping(value) ? Object.entries(value) : [];
}

/** The texts of a list, each with its place; what is not text is another check's business. */
export function textsAt(data: unknown, path: Path): readonly { text: string; path: Path }[] {
  return itemsAt(data, path).flatMap((item, index) =>
    typeof item === 'string' ? [{ text: item, path: [...path, index] }] : [],
  );
}
