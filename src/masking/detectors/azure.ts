// Microsoft Azure's keys, most of which hold a mark at a fixed place.
import type { Scan } from '../scan/scan.ts';
import { beginsToken, endOfRun, startOfToken } from './kit/bodies.ts';
import { type Beside, fitsValue } from './kit/named-values.ts';
import { matching, token } from './kit/tokens.ts';

const BASE64 = '+/';

/** A key of base64 with the mark somewhere behind its middle: 44, 76, 84 or 88 characters in all. */
function findMarked(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const start = startOfToken(text, at, BASE64, at - 90);
  let end = endOfRun(text, to, BASE64, to + 40);
  const length = end - start;
  const before = at - start;
  if (length < 40 || length > 90 || before < 28) return;
  while (text.charCodeAt(end) === 61 && end - start < 90) end += 1;
  scan.add(start, end);
}

const LONGEST_SECRET = 34;

/** `abc8Q~…`: three characters, a digit, the mark, and 31 to 34 more. */
function findClientSecret(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const start = at - 4;
  if (start < 0 || !/^[\w.~-]{3}\d$/u.test(text.slice(start, at)) || !beginsToken(text, start)) return;
  const end = endOfRun(text, to, '_.~-', to + LONGEST_SECRET + 8);
  const length = (text.charCodeAt(end - 1) === 46 ? end - 1 : end) - to;
  if (length >= 31) scan.add(start, to + length);
}

const OLD_PAT: Beside = {
  words: ['azure devops', 'devops', 'azdo', 'ado', 'vsts', 'azure pipelines'],
  lengths: [52],
  kind: 'alnum',
  check: (value) => /^[a-z2-7]+$/u.test(value),
};

const isOldPat = fitsValue(OLD_PAT);

export const detectors = [
  token({
    type: 'AZURE_KEY',
    title: 'Azure: keys of storage accounts, service buses, databases, caches, registries, functions',
    hooks: [
      matching('AccountKey', 'AccountKey\\s{0,2}=\\s{0,2}(?<value>[A-Za-z0-9+/]{40,90}={0,2})', {
        exact: false,
      }),
      matching('SharedAccessKey', 'SharedAccessKey\\s{0,2}=\\s{0,2}(?<value>[A-Za-z0-9+/]{40,90}={0,2})', {
        exact: false,
      }),
      matching('SharedSecretKey', 'SharedSecretKey\\s{0,2}=\\s{0,2}(?<value>[A-Za-z0-9+/]{40,90}={0,2})', {
        exact: false,
      }),
      {
        anchors: [
          ...[
            '+ASt',
            '+ABa',
            '+ARm',
            '+AEh',
            '+ASb',
            '+AMC',
            '+ACR',
            '+AIo',
            'AIoT',
            'ACDb',
            'AzCa',
            'AzSe',
            'AzFu',
          ],
          ...['APIM', 'JQQJ99', 'JQQJ9D'],
        ].map((text) => ({ text, exact: true })),
        find: findMarked,
      },
    ],
    names: [
      ...[
        'accountkey',
        'storagekey',
        'storageaccountkey',
        'azurestoragekey',
        'azurestorageaccountkey',
        'sharedaccesskey',
      ],
      ...['azurestorageaccesskey', 'storageaccesskey', 'cosmoskey', 'cosmosdbkey', 'azurekey', 'sharedkey'],
    ],
    whole: (value) =>
      /^[A-Za-z0-9+/]{42,86}={0,2}$/u.test(value) && /\d/u.test(value) && /[A-Z]/u.test(value),
    check: 'base64 of its length with a mark that these keys have, or in a connection string, or its name',
    example: `AccountName=shop;AccountKey=«${'q7Rk2Wn9Zt/Xb6Vd1Pm8Hs3Jc5Lf0Gy+'.repeat(3).slice(0, 86)}==»;`,
  }),
  token({
    type: 'AZURE_CLIENT_SECRET',
    title: "Azure: applications' secrets",
    hooks: [{ anchors: [{ text: 'Q~', exact: true }], find: findClientSecret }],
    check: 'the mark `Q~` after a digit, and its length',
    example: `«${'q7R8'}${'Q~'}${'k2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq7Rk2W'}»`,
  }),
  token({
    type: 'AZURE_SAS',
    title: 'Azure: shared access signatures in connection strings',
    hooks: [
      matching(
        'SharedAccessSignature',
        'SharedAccessSignature[ \\t]{0,2}[= ][ \\t]{0,2}(?<value>\\??(?:[A-Za-z]{2,3}=[^\\s;"\'<>&]{1,600}&?){2,20})',
        { exact: false },
      ),
    ],
    check: 'its name, and its parameters',
    example: `BlobEndpoint=https://shop.example/;SharedAccessSignature=«sv=2022-11-02&ss=b&sig=q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3»`,
  }),
  token({
    type: 'AZURE_DEVOPS_TOKEN',
    title: 'Azure DevOps: personal access tokens',
    hooks: [
      {
        anchors: [{ text: 'AZDO', exact: true }],
        find(scan, at, to) {
          const start = startOfToken(scan.text, at, '', at - 80);
          const end = endOfRun(scan.text, to, '', to + 8);
          if (at - start >= 70 && end - start >= 80) scan.add(start, end);
        },
      },
    ],
    beside: [OLD_PAT],
    names: ['azuredevopspat', 'azuredevopsextpat', 'vstspat', 'azpat', 'systemaccesstoken'],
    whole: (value) => isOldPat(value) || /^[A-Za-z0-9]{84}$/u.test(value),
    check: '84 letters and digits with the mark `AZDO`, or 52 beside words that say so',
    example: `«${'q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gy'.repeat(3).slice(0, 76)}${'AZ'}${'DOk2Wn'}»`,
  }),
  token({
    type: 'AZURE_COGNITIVE_KEY',
    title: 'Azure: keys of AI services and API management',
    beside: [
      {
        words: [
          'azure openai',
          'ocp apim subscription',
          'cognitive',
          'azure search',
          'azure ai',
          'azure',
          'bing',
        ],
        lengths: [32],
        kind: 'hex',
      },
    ],
    names: ['ocpapimsubscriptionkey', 'subscriptionkey', 'cognitiveserviceskey', 'apimsubscriptionkey'],
  }),
];
