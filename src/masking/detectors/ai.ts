// Keys of services for language models, speech and search.
import { endOfRun, isHexBody, kindsOf, startOfToken } from './kit/bodies.ts';
import { matching, token } from './kit/tokens.ts';

/** Other providers' prefixes that begin as OpenAI's do. */
const OTHERS = /^(?:ant|or|lf|helicone|proj|svcacct|admin|None)-/u;

/** No words with hyphens between them: one piece is long and mixed. */
function isDrawn(body: string): boolean {
  return body.split(/[-_]/u).some((part) => {
    const { digits, lower, upper } = kindsOf(part);
    return part.length >= 16 && digits > 0 && lower + upper > 0;
  });
}

const TRY_BOTH_SIDES = 200;

export const detectors = [
  token({
    type: 'OPENAI_KEY',
    title: "OpenAI's keys, and those of services that make theirs alike",
    shapes: [
      { prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-'], length: 48, least: 20, also: '_-' },
      {
        prefixes: ['sk-'],
        length: 48,
        least: 20,
        also: '_-',
        begins: '-',
        check: (body) => !OTHERS.test(body) && isDrawn(body),
      },
    ],
    hooks: [
      {
        // `OpenAI` in base64, in the middle of each of its keys.
        anchors: [{ text: 'T3BlbkFJ', exact: true }],
        find(scan, at, to) {
          const start = startOfToken(scan.text, at, '_-', at - TRY_BOTH_SIDES);
          const end = endOfRun(scan.text, to, '_-', to + TRY_BOTH_SIDES);
          if (at - start >= 20 && end - to >= 16) scan.add(start, end);
        },
      },
    ],
  }),
  token({
    type: 'ANTHROPIC_KEY',
    title: 'Anthropic: API, admin and OAuth keys',
    shapes: [{ prefixes: ['sk-ant-'], length: 100, least: 20, also: '_-' }],
  }),
  token({
    type: 'OPENROUTER_KEY',
    title: 'OpenRouter: API keys',
    shapes: [{ prefixes: ['sk-or-v1-', 'sk-or-'], length: 64, least: 32, kind: 'hex', also: '-' }],
  }),
  token({
    type: 'HUGGINGFACE_TOKEN',
    title: 'Hugging Face: tokens of users and organisations',
    shapes: [
      { prefixes: ['hf_'], length: 34, least: 28 },
      { prefixes: ['api_org_'], length: 34, least: 28 },
    ],
    beside: [{ words: ['huggingface', 'hugging face'], lengths: [34, 37], kind: 'alnum', also: '_' }],
  }),
  token({ type: 'GROQ_KEY', title: 'Groq: API keys', shapes: [{ prefixes: ['gsk_'], length: 52 }] }),
  token({
    type: 'PERPLEXITY_KEY',
    title: 'Perplexity: API keys',
    shapes: [{ prefixes: ['pplx-'], length: 48 }],
  }),
  token({
    type: 'XAI_KEY',
    title: 'xAI: API keys',
    shapes: [{ prefixes: ['xai-'], length: 80, begins: '-' }],
  }),
  token({
    type: 'REPLICATE_TOKEN',
    title: 'Replicate: API tokens',
    shapes: [{ prefixes: ['r8_'], length: 37, least: 30, begins: '' }],
  }),
  token({
    type: 'FIREWORKS_KEY',
    title: 'Fireworks: API keys',
    shapes: [{ prefixes: ['fw_'], length: 22, least: 20, begins: '_' }],
    beside: [{ words: ['fireworks'], lengths: [48, 32], kind: 'alnum' }],
  }),
  token({
    type: 'TOGETHER_KEY',
    title: 'Together: API keys',
    shapes: [{ prefixes: ['tgp_v1_'], length: 43, also: '_-' }],
    beside: [{ words: ['together', 'togetherai'], lengths: [64], kind: 'hex' }],
  }),
  token({
    type: 'NVIDIA_KEY',
    title: 'NVIDIA: API keys',
    shapes: [{ prefixes: ['nvapi-'], length: 64, also: '_-' }],
  }),
  token({
    type: 'PINECONE_KEY',
    title: 'Pinecone: API keys',
    shapes: [{ prefixes: ['pcsk_'], length: 60, also: '_' }],
    beside: [{ words: ['pinecone'], lengths: [36], kind: 'uuid' }],
  }),
  token({
    type: 'LANGCHAIN_KEY',
    title: 'LangSmith and Langfuse: API keys',
    shapes: [
      { prefixes: ['lsv2_pt_', 'lsv2_sk_'], length: 43, kind: 'hex', also: '_' },
      { prefixes: ['sk-lf-'], length: 36, kind: 'hex', also: '-' },
    ],
  }),
  token({
    type: 'ELEVENLABS_KEY',
    title: 'ElevenLabs: API keys',
    shapes: [{ prefixes: ['sk_'], length: 48, least: 48, kind: 'hex', begins: '', check: isHexBody }],
    beside: [{ words: ['elevenlabs', 'eleven labs', 'xi api'], lengths: [32], kind: 'hex' }],
    names: ['xiapikey'],
  }),
  token({
    type: 'WANDB_KEY',
    title: 'Weights & Biases: API keys',
    shapes: [{ prefixes: ['wandb_v1_'], length: 70, also: '_' }],
    beside: [{ words: ['wandb'], lengths: [40], kind: 'hex' }],
  }),
  token({
    type: 'AI_SERVICE_KEY',
    title: 'Tavily, Jina, Voyage, Cerebras, Firecrawl, RunPod, LlamaCloud, PostHog, Cursor: API keys',
    shapes: [
      { prefixes: ['tvly-'], length: 32, also: '-' },
      { prefixes: ['jina_'], length: 60, least: 48 },
      { prefixes: ['csk-'], length: 48, least: 40, begins: '-' },
      { prefixes: ['pa-'], length: 43, least: 43, also: '_-', begins: '-_', check: isDrawn },
      { prefixes: ['fc-'], length: 32, least: 32, kind: 'hex', begins: '-_', check: isHexBody },
      { prefixes: ['rpa_'], length: 43, least: 36, begins: '_' },
      { prefixes: ['llx-'], length: 48, least: 40, begins: '-' },
      { prefixes: ['phx_', 'phs_'], length: 43, least: 36, begins: '_' },
      { prefixes: ['crsr_', 'key_'], length: 64, least: 60, kind: 'hex', begins: '_', check: isHexBody },
    ],
    hooks: [matching('lsv1-', 'lsv1-[0-9a-f]{32,64}')],
  }),
];
