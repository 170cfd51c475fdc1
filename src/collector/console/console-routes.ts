import * as v from 'valibot';

import type { Route, RouteCall } from '../http/route.js';
import { type ConsoleAsset, readConsole } from './console-assets.js';

/** Where people log in, so that the console can send them there. */
export interface ConsoleLogin {
  /** The issuer, as its tokens name it. */
  readonly issuer: string;
  /** The console's id as a public client of the issuer: authorization code with PKCE, and no secret. */
  readonly clientId: string;
  /** Scopes to ask for; `openid` where not given. */
  readonly scope?: string | undefined;
  /** The resource (RFC 8707), or audience, that the access token is to be for, where the issuer wants to be told. */
  readonly resource?: string | undefined;
}

/** The routes of the console: files that hold no data and are open to anybody. All data comes from the routes of the API, by their roles. */
export function consoleRoutes(login: ConsoleLogin | undefined): readonly Route[] {
  const headers = headersOf(login);
  return [
    ...readConsole().map((asset) => assetRoute(asset, headers)),
    {
      ...{ method: 'GET', path: '/console/config.json', role: undefined },
      summary: 'Where the console sends people to log in: nothing secret.',
      handle: ({ reply }) => reply.headers(headers).send({ login: login ?? null }),
    },
  ];
}

function assetRoute(asset: ConsoleAsset, headers: Readonly<Record<string, string>>): Route {
  return {
    ...{ method: 'GET', path: asset.path, role: undefined, isDescribed: false },
    summary: 'A file of the console.',
    // An issuer sends people back to the page with a code in the query string, which only the page reads.
    ...(asset.path === '/' && { query: v.unknown() }),
    handle: (call) => sendAsset(call, asset, headers),
  };
}

function sendAsset({ request, reply }: RouteCall, asset: ConsoleAsset, headers: Readonly<Record<string, string>>) {
  const { type, body, gzip, etag } = asset;
  reply.headers(headers).headers({ etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  if (isGzip) reply.header('content-encoding', 'gzip');
  return reply.type(type).send(isGzip ? gzip : body);
}

/** Records hold text of attackers: should any of it ever become markup, it could load, run and send nothing. */
function headersOf(login: ConsoleLogin | undefined): Readonly<Record<string, string>> {
  const issuer = login === undefined ? '' : ` ${new URL(login.issuer).origin}`;
  const policy = [
    ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:"],
    ...[`connect-src 'self'${issuer}`, "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"],
    ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
  ];
  return {
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'x-frame-options': 'DENY',
  };
}
