import { describe, expect, it } from 'vitest';
import { createDetector } from '../../../src/masking/detectors/index.js';

describe('network addresses', () => {
  const detect = createDetector({ kinds: ['ip'] });

  it.each([
    ['from 192.168.1.10:8080.', 'from [ip]:8080.'],
    ['10.0.0.0/8, http://10.1.2.3/x', '[ip]/8, http://[ip]/x'],
    ['localhost/127.0.0.1', 'localhost/[ip]'],
    ['10.0.0.1-10.0.0.9', '[ip]-[ip]'],
    ['[2001:db8::1]:443 fe80::1%eth0', '[[ip]]:443 [ip]%eth0'],
    ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', '[ip]'],
    ['from 2001:DB8::1: refused by ::1.', 'from [ip]: refused by [ip].'],
    ['host:2001:db8::1 ::ffff:10.0.0.1', 'host:[ip] [ip]'],
    ['地址10.0.0.1和2001:db8::1。', '地址[ip]和[ip]。'],
  ])('are replaced: %s', (text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    'version 1.2.3.4, v1.2.3.4, ver. 1.2.3.4, Release: 1.2.3.4',
    '{"version": "1.2.3.4"}',
    'Chrome/120.0.0.0 Safari',
    '1.2.3.4.5 and 1.2.3.4-beta',
    '256.1.1.1 1.2.3',
    'std::vector Face::Cafe a::b',
    'at 12:30:45 from 00:1A:2B:3C:4D:5E',
    '1:2:3:4:5:6:7:8:9',
  ])('are not seen in %s', (text) => {
    expect(detect(text)).toBe(text);
  });
});

describe('tokens', () => {
  const detect = createDetector({ kinds: ['jwt'] });
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'bob' })}.c2lnbmF0dXJl-_`;

  it.each([
    ['signed', `Bearer ${signed}.`, 'Bearer [jwt].'],
    ['joined to a word', `session_${signed}"`, 'session_[jwt]"'],
    ['not signed', `${part({ alg: 'none' })}.${part({})}. or so`, '[jwt] or so'],
    ['encrypted', `${part({ alg: 'dir', enc: 'A128GCM' })}..aXY.dGV4dA.dGFn!`, '[jwt]!'],
    ['several', `${signed} ${signed}`, '[jwt] [jwt]'],
  ])('that are %s are replaced', (_, text, masked) => {
    expect(detect(text)).toBe(masked);
  });

  it.each([
    ['the header has no algorithm', `${part({ typ: 'JWT' })}.${part({})}.x`],
    ['the header is no JSON', 'eyJhbGciOiJ.eyJzdWIiOiJ.x'],
    ['a part is missing', `${part({ alg: 'none' })}.${part({})}`],
    ['it is the end of a word', `key${signed}`],
  ])('are not seen where %s', (_, text) => {
    expect(detect(text)).toBe(text);
  });
});
