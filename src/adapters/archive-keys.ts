// What a key of the archive may look like, the same for every back end.

const MOST_CHARACTERS = 512;

// No part begins with a dot, so none climbs, and what is unfinished can lie under a name that does.
const PART = '[A-Za-z0-9=_-][A-Za-z0-9.=_-]*';
const KEY = new RegExp(`^${PART}(?:/${PART})*$`);
const PREFIX = /^[A-Za-z0-9.=_/-]*$/;

/** Throws TypeError: keys are made by the broker, or were found by their form, so a bad one is a mistake in it. */
export function assertArchiveKey(key: string): void {
  if (key.length > MOST_CHARACTERS || key.includes('..') || !KEY.test(key)) {
    throw new TypeError('an archive key is parts of letters, digits, . = _ and -, with slashes between');
  }
}

/** Of what is listed: the beginning of a key, or nothing. Throws TypeError. */
export function assertArchivePrefix(prefix: string): void {
  if (
    prefix.length > MOST_CHARACTERS ||
    prefix.startsWith('/') ||
    prefix.includes('..') ||
    !PREFIX.test(prefix)
  ) {
    throw new TypeError('a prefix in the archive is what a key may begin with');
  }
}
