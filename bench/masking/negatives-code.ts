// Harmless code, logs and manifests: names that sound secret over values that are not.
import type { Harmless } from './negatives.ts';
import { BASE64, HEX, LOWER, type Random } from './random.ts';

const BLOCK = '-'.repeat(5);

const TYPES = [
  'interface Login {\n  user: string;\n  password: string;\n  token?: string | undefined;\n}',
  'function signIn(email: string, password: string): Promise<Session> {',
  'const token = process.env.GITHUB_TOKEN;',
  "const apiKey = process.env['API_KEY'] ?? '';",
  'password = os.environ["DB_PASSWORD"]',
  'password = getpass.getpass()',
  'api_key: ${{ secrets.API_KEY }}',
  'DATABASE_PASSWORD=${DATABASE_PASSWORD}',
  'password: ${DB_PASSWORD:?missing}',
  'password = var.db_password',
  'secret = data.aws_secretsmanager_secret_version.db.secret_string',
  'if (password.length < 12) throw new Error("password too short");',
  'token = parser.nextToken()',
  '"password": null, "mfa": true',
  '"token_type": "bearer", "expires_in": 3600',
  'token_type=bearer&scope=read',
  'max_tokens: 4096\ntemperature: 0.2',
  '{"prompt_tokens": 812, "completion_tokens": 96, "total_tokens": 908}',
  'this.password = password;',
  'const password: Detector = { kind: "secret" };',
  'this.password=enabled?given??createPassword():void 0;',
  '// Passwords: under a name, in a call, after a flag.',
  'let secret: Secret | undefined;',
  'def login(self, user="", password=""):',
  'public void setToken(Token token) { this.token = token; }',
  'if (apiKey === undefined) return unauthenticated("no key");',
  'headers.set("Authorization", `Bearer ${token}`);',
  'password_reset_url: https://example.com/reset',
  'passwordPolicy: { minLength: 12, rotateAfterDays: 0 }',
  'passwordField.setText("");',
  'secretName: db-credentials\nkey: password',
  'secretKeyRef:\n  name: db\n  key: password',
  'password: "********"',
  'password=<your password here>',
  'API_KEY=your-api-key',
  'token: [REDACTED]',
  'primary_key: true, foreign_key: "orders.id", key: "name"',
  'keyboard: qwerty\nkeyframes: 12\nmonkey: 3',
  'cacheKey = `user:${id}:profile`',
  'author: platform-team\nauthority: none',
  'auth: required\nauthorize: true\nauthentication_method: saml',
  'pass: 41, fail: 2, skip: 7',
  'passes=12 failures=0 passed=true bypass=false',
  'compass: north\ncompassion: high',
  'csrf: true\nsession_timeout: 3600\nsession.cookie.secure=true',
  'name: build\non: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    name: unit tests',
  '{"name": "web", "version": "1.4.2", "private": true, "main": "index.js"}',
  'hostname: worker-7\nfilename: report.csv\nusername_field: login\nname: default',
  'Authorization: Bearer <token>',
  'Authorization: Bearer $TOKEN',
  'WWW-Authenticate: Basic realm="staging"',
  'WWW-Authenticate: Bearer realm="api", error="invalid_token"',
  'SELECT id, name, password_hash IS NOT NULL AS has_password FROM users WHERE token IS NULL;',
  'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, ssn char(11), phone varchar(20));',
  'ALTER TABLE cards ADD COLUMN card_number varchar(19), DROP COLUMN cvv;',
  'const { name, email, address } = request.body;',
  'email: z.string().email(), phone: z.string().optional()',
  'address: 0x7ffee4b2c9a0 size: 64',
  'mov rax, qword ptr [rbp - 0x10]; 0xdeadbeef 0x0000ffff',
  'dependencies:\n  express: ^4.19.2\n  "@types/node": 24.19.2',
  'npm install lodash@4.17.21 @scope/pkg@1.2.3',
  'git@github.com:acme/web.git',
  'ssh -p 2222 -L 5432:localhost:5432 bastion',
  'user@host:~$ ls -la',
  '@Injectable() export class Keys { @Input() key!: string; @Output() changed = new Emitter(); }',
  'import { useState } from "react";\nimport type { Key } from "./keys.ts";',
];

const pemLines = (random: Random, count: number) =>
  Array.from({ length: count }, () => random.from(BASE64, 64)).join('\n');

export const CODE: Readonly<Record<string, Harmless>> = {
  code: ({ random }) => random.pick(TYPES),
  'more code': ({ random }) => [1, 2, 3].map(() => random.pick(TYPES)).join('\n'),
  'public key': ({ random }) =>
    `${BLOCK}BEGIN PUBLIC KEY${BLOCK}\n${pemLines(random, 6)}\n${BLOCK}END PUBLIC KEY${BLOCK}`,
  certificate: ({ random }) =>
    `${BLOCK}BEGIN CERTIFICATE${BLOCK}\n${pemLines(random, 12)}\n${BLOCK}END CERTIFICATE${BLOCK}`,
  'ssh public key': ({ random }) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${random.from(BASE64, 43)} deploy`,
  'stack trace': ({ random }) =>
    `TypeError: Cannot read properties of undefined (reading 'id')\n    at find (/srv/app/src/rows.js:${random.between(10, 999)}:${random.between(1, 80)})\n    at async Promise.all (index ${random.below(9)})\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
  'java trace': ({ random }) =>
    `Caused by: java.sql.SQLException: ORA-00942: table does not exist\n\tat com.acme.orders.Store.load(Store.java:${random.between(10, 900)})\n\t... ${random.between(2, 40)} more`,
  css: ({ random }) =>
    `.card{color:#${random.from(HEX, 6)};background:#${random.from(HEX, 3)};margin:0 0 12px;box-shadow:0 1px 2px rgba(0,0,0,.${random.digits(2)})}`,
  'minified js': ({ random }) =>
    `!function(e,t){var n=t(${random.digits(4)}),r=/^[a-z]+$/i;e.exports=function(e){return n.a(e)||r.test(e)?"k"+e.length:0x${random.from(HEX, 8)}}}(this,${random.digits(3)});`,
  manifest: ({ random }) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  uid: ${[8, 4, 4, 4, 12].map((length) => random.from(HEX, length)).join('-')}\n  resourceVersion: "${random.digits(9)}"\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n        - name: web\n          image: acme/web:${random.digits(1)}.${random.digits(1)}.2\n          ports: [{ containerPort: 8080 }]\n          envFrom: [{ secretRef: { name: web-secrets } }]`,
  'log lines': ({ random }) =>
    [1, 2, 3]
      .map(
        (at) =>
          `2026-03-02T10:22:4${at}.${random.digits(3)}Z INFO [worker-${random.digits(1)}] batch ${random.digits(5)} done: ${random.digits(4)} rows in ${random.digits(3)} ms, offset=${random.digits(8)}`,
      )
      .join('\n'),
  syslog: ({ random }) =>
    `Mar  2 10:22:41 web-3 systemd[1]: Started session-${random.digits(4)}.scope - Session ${random.digits(4)} of user ${random.pick(['root', 'deploy'])}.`,
  lockfile: ({ random }) =>
    `"node_modules/${random.from(LOWER, 7)}": {\n  "version": "4.${random.digits(1)}.${random.digits(2)}",\n  "integrity": "sha512-${random.from(BASE64, 86)}==",\n  "license": "MIT"\n}`,
  diff: ({ random }) =>
    `@@ -${random.digits(3)},7 +${random.digits(3)},9 @@ export class Pool {\n-  const max = 10;\n+  const max = ${random.digits(2)};`,
  terraform: ({ random }) =>
    `resource "aws_db_instance" "main" {\n  identifier = "orders-${random.digits(2)}"\n  allocated_storage = ${random.digits(3)}\n  password = random_password.db.result\n  username = var.username\n}`,
  openapi: () =>
    `components:\n  schemas:\n    User:\n      properties:\n        email: { type: string, format: email }\n        phone: { type: string }\n        password: { type: string, writeOnly: true }\n        ssn: { type: string, pattern: "^\\\\d{3}-\\\\d{2}-\\\\d{4}$" }`,
};
