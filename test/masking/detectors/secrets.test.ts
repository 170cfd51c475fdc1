import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../src/masking/detectors/index.js';

const detect = createDetector({ kinds: ['secret'] });
const characters = (count: number): string => 'a1B2c3D4e5F6g7H8'.repeat(20).slice(0, count);

describe('keys of well-known issuers', () => {
  // Put together here, so that no scanner takes them for real ones.
  it.each([
    ['AWS', `AKIA${'ABCD'.repeat(4)}`],
    ['GitHub', `ghp_${characters(36)}`],
    ['GitHub, fine-grained', `github_pat_${characters(22)}_${characters(59)}`],
    ['GitLab', `glpat-${characters(20)}`],
    ['Slack', `xoxb-123456789012-${characters(24)}`],
    ['Stripe', `sk_live_${characters(24)}`],
    ['Google', `AIza${characters(35)}`],
    ['OpenAI', `sk-${characters(48)}`],
    ['OpenAI, of a project', `sk-proj-${characters(80)}`],
    ['npm', `npm_${characters(36)}`],
    ['SendGrid', `SG.${characters(22)}.${characters(43)}`],
  ])('are replaced: %s', (_, key) => {
    expect(detect(`use ${key}, please`)).toBe('use [secret], please');
    expect(detect(`"${key}"`)).toBe('"[secret]"');
  });

  it('are replaced behind Bearer', () => {
    expect(detect(`Authorization: Bearer ${characters(32)}==.`)).toBe('Authorization: Bearer [secret].');
  });

  it.each(['sk-fading-circle-and-other-styles', 'AKIAABCDABCDABCDABCDE', 'xghp_short', `ask-${characters(48)}`])(
    'are not seen in %s',
    (text) => {
      expect(detect(text)).toBe(text);
    },
  );
});

describe('private keys', () => {
  const pem = (label: string, body = 'MIIEvQIBADANBg\nkqhkiG9w0BAQ==\n'): string =>
    `-----BEGIN ${label}-----\n${body}-----END ${label}-----`;

  it.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'])(
    'are replaced: %s',
    (label) => {
      expect(detect(`a ${pem(label)}\nb`)).toBe('a [secret]\nb');
      expect(detect(JSON.stringify({ a: pem(label) }))).toBe('{"a":"[secret]"}');
    },
  );

  it('are replaced as far as they go where the end is missing', () => {
    expect(detect('-----BEGIN PRIVATE KEY-----\nMIIEvQ\n<more>')).toBe('[secret]<more>');
  });

  it('are not seen in what is public', () => {
    expect(detect(pem('PUBLIC KEY') + pem('CERTIFICATE'))).toBe(pem('PUBLIC KEY') + pem('CERTIFICATE'));
  });
});

describe('assigned secrets', () => {
  it.each([
    ['password=hunter2&x=1', 'password=[secret]&x=1'],
    ['passwd: hunter2, and', 'passwd: [secret], and'],
    ['Password : "my own pass" ok', 'Password : "[secret]" ok'],
    ["api_key => 'abc'", "api_key => '[secret]'"],
    ['DB_PASSWORD:=x', 'DB_PASSWORD:=[secret]'],
    ['Server=x;Password=abc;Uid=y', 'Server=x;Password=[secret];Uid=y'],
    ['{"clientSecret":"a\\"b", "x": 1}', '{"clientSecret":"[secret]", "x": 1}'],
    ['{\\"apiKey\\":\\"abc\\",\\"x\\":1}', '{\\"apiKey\\":\\"[secret]\\",\\"x\\":1}'],
    ['Passwort: geheim!', 'Passwort: [secret]'],
    ['token=abcdefgh12', 'token=[secret]'],
    ['password="never closed', 'password="[secret] closed'],
    ['mysql://app:s3cret@db/shop', 'mysql://app:[secret]@db/shop'],
  ])('are replaced: %s', (text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    'token: short',
    'passwords are long',
    'password=',
    'password:\nnext',
    'http://host:80/a@b',
    'the secret is: no',
  ])('are not seen in %s', (text) => {
    expect(detect(text)).toBe(text);
  });

  it('are the whole value of a column that is called so', () => {
    expect(detect('correct horse battery', 'userPassword')).toBe('[secret]');
    expect(detect('correct horse battery', 'note')).toBe('correct horse battery');
  });
});
