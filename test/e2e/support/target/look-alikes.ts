// Two services that client libraries are written for, as far as those libraries can tell.
import { json, type Page, type Pages } from './answers.ts';
import { headerOf } from './seen.ts';
import { CUSTOMER } from './tickets.ts';

const PER_PAGE = 2;
export const ISSUES = 5;

const issue = (number: number) => ({ number, title: `Issue ${number}`, body: `From ${CUSTOMER.email}` });

/** As GitHub pages: by Link headers, whose URLs are its own. */
const issues: Page = ({ parts, option, request }, response) => {
  const page = Number(option('page') ?? '1');
  const base = `https://${request.headers.host}/hub/repos/${parts[0]}/${parts[1]}/issues?per_page=${PER_PAGE}&page=`;
  const last = Math.ceil(ISSUES / PER_PAGE);
  const links = [
    ...(page > 1 ? [`<${base}${page - 1}>; rel="prev"`, `<${base}1>; rel="first"`] : []),
    ...(page < last ? [`<${base}${page + 1}>; rel="next"`, `<${base}${last}>; rel="last"`] : []),
  ];
  response.setHeader('link', links.join(', '));
  const first = (page - 1) * PER_PAGE + 1;
  json(
    response,
    Array.from({ length: Math.min(PER_PAGE, ISSUES - first + 1) }, (_, place) => issue(first + place)),
  );
};

const create: Page = ({ bytes }, response) => {
  const { title } = JSON.parse(Buffer.from(bytes).toString()) as { readonly title: string };
  json(response, { ...issue(ISSUES + 1), title }, 201);
};

const WORDS = ['Nothing', ' to', ' see', ' here', '.'];

/** As OpenAI answers: whole, or as events. */
const completion: Page = (asked, response) => {
  if (headerOf(asked, 'authorization') !== `Bearer ${asked.place.secrets['e2e/models']?.['key']}`) {
    return json(
      response,
      { error: { message: 'Incorrect API key provided', type: 'invalid_request_error' } },
      401,
    );
  }
  const { model, stream } = JSON.parse(Buffer.from(asked.bytes).toString()) as Record<string, unknown>;
  const common = { id: 'chatcmpl-1', created: 1_767_225_600, model };
  if (stream !== true) {
    const message = { role: 'assistant', content: WORDS.join(''), refusal: null };
    const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }];
    return json(response, { ...common, object: 'chat.completion', choices });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const content of WORDS) {
    const choices = [{ index: 0, delta: { content }, finish_reason: null }];
    response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
};

export const lookAlikes: Pages = [
  [/^\/hub\/user$/, (_, response) => json(response, { login: 'broker-bot', email: CUSTOMER.email })],
  [
    /^\/hub\/repos\/([^/]+)\/([^/]+)$/,
    ({ parts }, response) => json(response, { full_name: parts.join('/') }),
  ],
  [
    /^\/hub\/repos\/([^/]+)\/([^/]+)\/issues$/,
    (asked, response) => (asked.method === 'POST' ? create : issues)(asked, response),
  ],
  [/^\/llm\/v1\/chat\/completions$/, completion],
];
