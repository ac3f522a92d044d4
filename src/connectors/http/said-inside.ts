// The charset that XML and HTML say of themselves: in XML's declaration, and in HTML's `meta`.

const XML_TYPE = /^(?:application|text)\/(?:x-)?(?:xml|xml-dtd)$|\+xml$/u;
const HTML_TYPES = ['text/html', 'application/xhtml+xml'];

const latin1 = (body: Uint8Array, end: number) =>
  Buffer.from(body.buffer, body.byteOffset, Math.min(end, body.byteLength)).toString('latin1');

const ENCODING = /^\s*<\?xml\s(?:[^>]*?\s)?encoding\s*=\s*(?:"([^"]*)"|'([^']*)')/u;
/** `<?xm` as it is in code pages of EBCDIC: parsers know it by that. */
const EBCDIC = [0x4c, 0x6f, 0xa7, 0x94];

function inDeclaration(body: Uint8Array): readonly string[] {
  if (EBCDIC.every((byte, place) => body[place] === byte)) return ['ebcdic'];
  if (!/^\s*<\?xml\s/u.test(latin1(body, LOOKED_AT))) return [];
  // Blanks in it may be many.
  const end = body.indexOf('>'.charCodeAt(0));
  const [, double, single] = ENCODING.exec(latin1(body, end === -1 ? body.length : end)) ?? [];
  const label = double ?? single;
  return label === undefined ? [] : [label];
}

/** So far browsers look. */
const LOOKED_AT = 1024;
const COMMENT = /<!--[\s\S]*?(?:-->|$)/gu;
const META = /<meta(?=[\s/])((?:"[^"]*"|'[^']*'|[^>"'])*)/giu;
const ATTRIBUTE = /([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gu;
const IN_CONTENT = /charset\s*=\s*["']?\s*([^\s"';]+)/iu;

function inMeta(body: Uint8Array): readonly string[] {
  const head = latin1(body, LOOKED_AT).replace(COMMENT, '');
  return Array.from(head.matchAll(META), ([, text = '']) => {
    const attributes = new Map<string, string>();
    for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE)) {
      const lower = name.toLowerCase();
      if (!attributes.has(lower)) attributes.set(lower, double ?? single ?? bare ?? '');
    }
    const isType = attributes.get('http-equiv')?.trim().toLowerCase() === 'content-type';
    return (
      attributes.get('charset') ??
      (isType ? IN_CONTENT.exec(attributes.get('content') ?? '')?.[1] : undefined)
    );
  }).filter((label) => label !== undefined);
}

/** The labels, first the one that is heeded. */
export function saidInside(type: string, body: Uint8Array): readonly string[] {
  return [
    ...(HTML_TYPES.includes(type) ? inMeta(body) : []),
    ...(XML_TYPE.test(type) || HTML_TYPES.includes(type) ? inDeclaration(body) : []),
  ].map((label) => label.trim().toLowerCase());
}
