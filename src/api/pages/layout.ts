// What every page has: its head, its one heading, and the headers that it is sent with.
import { Html, type HtmlPart, html } from '../../shared/html.ts';
import type { TextResponse } from '../http.ts';
import { PAGE_SECURITY_POLICY, STYLE } from './style.ts';

/** Written here, so it is HTML: what a style element holds is not escaped. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

export interface PageInput {
  readonly status: number;
  /** In the tab and the history; nothing of an operation for whoever has not logged in. */
  readonly title: string;
  readonly main: HtmlPart;
}

export function page({ status, title, main }: PageInput): TextResponse {
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Bailiwick</title>
${STYLE_ELEMENT}
</head>
<body>
<header>Bailiwick</header>
<main>
${main}
</main>
</body>
</html>
`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_SECURITY_POLICY,
      // With none at all, browsers send `Origin: null` with the form, as for one of another site.
      'referrer-policy': 'same-origin',
    },
    body: text,
  };
}

/** Where a form goes to. */
export function sitePath(path: string): string {
  if (!/^\/(?![/\\])[!-~]*$/.test(path)) throw new TypeError('the path must be absolute, on this site');
  return path;
}

/** Where a login begins: here, or at whoever knows the people. */
export function linkTarget(url: string): string {
  if (url.startsWith('/')) return sitePath(url);
  if (!/^https?:\/\/[!-~]+$/.test(url))
    throw new TypeError('a link goes to a path of this site or to an http or https URL');
  return url;
}
