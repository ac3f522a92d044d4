// Text as a form has it (RFC 6749, appendix B).

export function formText(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
