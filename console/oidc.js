// @ts-check
/** Log-in at an OIDC issuer: authorization code with PKCE, in the browser alone (RFC 6749, RFC 7636, OpenID Connect Discovery 1.0, RFC 9207). */

/** @typedef {{ readonly issuer: string, readonly clientId: string, readonly scope?: string, readonly resource?: string }} LoginConfig */

const KEY = 'countersign.login';

const redirectUri = () => `${location.origin}/`;

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/**
 * Leaves for the issuer.
 * @param {LoginConfig} config
 */
export async function beginLogin(config) {
  const { authorization_endpoint: endpoint } = await discover(config.issuer);
  const verifier = random();
  const state = random();
  const hashed = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  sessionStorage.setItem(KEY, JSON.stringify({ verifier, state, place: location.hash }));
  const url = new URL(endpoint);
  const parameters = {
    ...{
      response_type: 'code',
      client_id: config.clientId,
      redirect_uri: redirectUri(),
      scope: config.scope ?? 'openid',
    },
    ...{ state, code_challenge: base64url(new Uint8Array(hashed)), code_challenge_method: 'S256' },
    ...(config.resource !== undefined && { resource: config.resource }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/**
 * Whether the issuer has sent somebody back: then what it said is taken out of the address at once.
 * @returns {URLSearchParams | undefined}
 */
export function takeAnswer() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state') || !(answer.has('code') || answer.has('error'))) return undefined;
  history.replaceState(null, '', '/');
  return answer;
}

/**
 * Exchanges the code that came back for an access token.
 * @param {LoginConfig} config
 * @param {URLSearchParams} answer
 * @returns {Promise<{ token: string, place: string }>}
 * @throws {Error} with what is shown
 */
export async function finishLogin(config, answer) {
  const begun = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
  sessionStorage.removeItem(KEY);
  // Somebody else's answer would log in as somebody else.
  if (typeof begun.state !== 'string' || answer.get('state') !== begun.state)
    throw new Error('This log-in was not begun here. Try again.');
  if (answer.has('iss') && answer.get('iss') !== config.issuer) throw new Error('Another issuer has answered.');
  if (answer.has('error'))
    throw new Error(answer.get('error_description') ?? answer.get('error') ?? 'The issuer refused.');
  const { token_endpoint: endpoint } = await discover(config.issuer);
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', code: answer.get('code') ?? '', code_verifier: begun.verifier },
    ...{
      client_id: config.clientId,
      redirect_uri: redirectUri(),
      ...(config.resource !== undefined && { resource: config.resource }),
    },
  });
  const response = await fetch(endpoint, { method: 'POST', body, credentials: 'omit', redirect: 'error' });
  const { access_token: token } = await response.json();
  if (!response.ok || typeof token !== 'string') throw new Error('The issuer gave no access token.');
  return { token, place: String(begun.place ?? '') };
}

/**
 * @param {string} issuer
 * @returns {Promise<{ authorization_endpoint: string, token_endpoint: string }>}
 */
async function discover(issuer) {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { credentials: 'omit', redirect: 'error' });
  const found = await response.json();
  if (found.issuer !== issuer) throw new Error('The discovery document is of another issuer.');
  for (const name of ['authorization_endpoint', 'token_endpoint'])
    if (!/^https?:\/\//.test(String(found[name]))) throw new Error(`The discovery document has no ${name}.`);
  return found;
}
