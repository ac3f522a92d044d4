// What a header's value says to people: it comes as a character a byte, and many write UTF-8 in it.
import { fromLoose, hasUtf8, toLoose } from './loose-text.ts';

/** Undefined where no byte beyond ASCII is UTF-8: then it is what it is. Bytes that are none stay, as what stands for them. */
export function headerText(value: string): string | undefined {
  if (!/[\x80-\xff]/u.test(value) || /[\u{100}-\u{10ffff}]/u.test(value)) return undefined;
  const bytes = Buffer.from(value, 'latin1');
  return hasUtf8(bytes) ? fromLoose(bytes) : undefined;
}

/** As it goes over the wire. */
export function headerValue(text: string): string {
  return Buffer.from(toLoose(text)).toString('latin1');
}
