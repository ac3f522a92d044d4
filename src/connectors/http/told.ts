// A name that an agent or a target sent, as it may stand in a sentence or a header of the broker's.

const MOST_CHARACTERS = 64;

export function told(name: string): string {
  const plain = name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}`]/gu, '?');
  return `\`${plain.length > MOST_CHARACTERS ? `${plain.slice(0, MOST_CHARACTERS).toWellFormed()}…` : plain}\``;
}

/** A header's name where a header lists it: nothing in it can end that one. */
export function toldHeader(name: string): string {
  return name
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replace(/[^\w!#$%&'*+\-.^`|~]/gu, '?');
}
