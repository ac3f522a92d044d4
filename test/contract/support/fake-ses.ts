// As much of SES's second API as Mail uses: SendEmail of a raw message.
import * as z from 'zod/mini';
import { fakeServer, type Listening } from './servers.ts';

const SendEmail = z.strictObject({
  FromEmailAddress: z.string(),
  Destination: z.strictObject({ ToAddresses: z.tuple([z.string()]) }),
  Content: z.strictObject({ Raw: z.strictObject({ Data: z.string() }) }),
});

interface Delivered {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

export interface FakeSes extends Listening {
  readonly delivered: Delivered[];
}

export async function startFakeSes(): Promise<FakeSes> {
  const delivered: Delivered[] = [];
  const server = await fakeServer((request, body, response) => {
    const isIt = request.method === 'POST' && request.url === '/v2/email/outbound-emails';
    const asked = SendEmail.safeParse(isIt ? JSON.parse(body.toString('utf8')) : undefined);
    if (!asked.success) {
      const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'BadRequestException' };
      response.writeHead(400, headers).end('{}');
      return;
    }
    const { FromEmailAddress: from, Destination, Content } = asked.data;
    const raw = Buffer.from(Content.Raw.Data, 'base64').toString('latin1');
    delivered.push({ from, to: Destination.ToAddresses[0], raw });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"MessageId":"one"}');
  });
  return { ...server, delivered };
}
