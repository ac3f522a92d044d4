// What stands in the lines of HTTP/1.1, in either direction.

/** A word: a header's name, and more. */
export const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/;
export const NAME = new RegExp(`^${TOKEN.source}$`);
/** A header's value, and any other text of a line. */
export const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
