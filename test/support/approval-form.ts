// The form of an approval's page, as a browser finds it there.

export interface Form {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
  /** What stands in the field for the reason. */
  readonly typed: string;
  readonly decisions: readonly string[];
  /** Where the operation is asked for without masks. */
  readonly reveal: string | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
export const plain = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '');

export function formIn(html: string): Form | undefined {
  const [, action = '', inside = ''] =
    /<form id="decision" method="post" action="([^"]*)">(.*?)<\/form>/s.exec(html) ?? [];
  if (action === '') return undefined;
  const hidden = [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  const [, typed = ''] = /<textarea[^>]*>\n?(.*?)<\/textarea>/s.exec(inside) ?? [];
  const [, reveal] = /formaction="([^"]*)"/.exec(html) ?? [];
  return {
    action: plain(action),
    hidden: Object.fromEntries(hidden.map(([, name = '', value = '']) => [plain(name), plain(value)])),
    typed: plain(typed),
    decisions: [...inside.matchAll(/name="decision" value="([^"]*)"/g)].map(([, value = '']) => value),
    reveal: reveal === undefined ? undefined : plain(reveal),
  };
}
