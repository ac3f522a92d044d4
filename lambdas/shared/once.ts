// Makes something at most once a function instance, at first use; what failed is tried again at the next.

export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/**
 * An object that is made when one of its methods is first asked for. For stores, whose clients are a good part of a
 * cold start: whoever calls has been told apart from a forgery by then.
 */
export function atFirstUse<T extends object>(make: () => T): T {
  let made: T | undefined;
  const get = (_: object, name: PropertyKey) => {
    made ??= make();
    return Reflect.get(made, name);
  };
  return new Proxy(Object.create(null), { get }) as T;
}
