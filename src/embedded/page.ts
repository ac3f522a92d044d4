// The page at `/`: the walk and where to go next. It holds no token and runs no script.
import { createHash } from 'node:crypto';
import type { TextResponse } from '../api/index.ts';
import type { Rules } from '../broker/index.ts';
import { type WalkedBroker, walkLines } from './walk.ts';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}' +
  'pre{background:#f4f4f4;color:#111;padding:1rem;overflow-x:auto;white-space:pre-wrap;word-break:break-word}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

export function welcomePage(rules: Rules, running: WalkedBroker): TextResponse {
  const walk = walkLines(rules, running);
  const steps =
    walk.length === 0
      ? '<p>The config in force names no demo agent, so there is no walk to show.</p>'
      : `<p>A short walk, to paste into a terminal:</p><pre>${escaped(walk.join('\n'))}</pre>`;
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Bailiwick</title><style>${STYLE}</style></head>
<body><main><h1>Bailiwick</h1>
<p>A credential broker for AI agents. It is running.</p>
${steps}
<ul><li><a href="/openapi.json">The API</a></li><li><a href="/healthz">Health</a></li></ul>
</main></body></html>
`;
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'`,
    },
    body,
  };
}
