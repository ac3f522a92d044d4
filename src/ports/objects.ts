// Bodies too large for a record: put once, read back, gone after their time.

/** How many days an object is kept; the first part of its key says it. */
export const KEEP = ['1d', '30d', '400d'] as const;
export type Keep = (typeof KEEP)[number];
export type ObjectKey = `${Keep}/${string}`;

/** Every method throws `Unavailable('objects')` when the back end does not answer in time. */
export interface Objects {
  /** False when the key is taken. */
  put(key: ObjectKey, body: Uint8Array): Promise<boolean>;
  get(key: ObjectKey): Promise<Uint8Array | undefined>;
  /** Before its time. What is gone already stays gone. */
  remove(key: ObjectKey): Promise<void>;
  /** A URL under which anyone who has it may read the object, as this type of content, until time is up. */
  link(key: ObjectKey, contentType: string, seconds: number): Promise<string>;
}
