// SPDX-License-Identifier: EUPL-1.2
// Somebody who vouches for people: oidc-provider with three of them, and a page on which they sign in. Told line by line
// what to do wrongly from now on:
//
//   {"forge": "nonce" | "audience" | "issuer" | "expired" | "early" | "signature" | "unknown" | "none" | null}
//   {"publish": 2}    from now on both keys are published, and the second one signs
//
// Everything but these faults is the provider's own: its pages, codes, checks of redirect addresses, PKCE and secrets.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [modules, port, home, certificate, key] = process.argv.slice(2);
const from = (file) => import(pathToFileURL(join(modules, file)).href);
const { Provider } = await from('oidc-provider/lib/index.js');
const { decodeJwt, exportJWK, generateKeyPair, SignJWT } = await from('jose/dist/webapi/index.js');

const issuer = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
const PEOPLE = {
  anna: { name: 'Anna Meyer', groups: ['/telefon/beratung'], desk: 'k1' },
  leitung: { name: 'Lea Leitung', groups: ['/telefon/leitung', '/anderes'] },
  fremd: { name: 'Fritz Fremd', groups: ['/bauhof'] },
};

const made = async (kid) => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const common = { kid, alg: 'RS256', use: 'sig' };
  return { kid, privateKey, secret: { ...(await exportJWK(privateKey)), ...common }, open: { ...(await exportJWK(publicKey)), ...common } };
};
const keys = [await made('one'), await made('two'), await made('three')];
let published = 1;
let forge = null;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'amtsleitung',
      client_secret: 'ein Geheimnis: 115+',
      redirect_uris: [`${home}/api/openid/return`],
      post_logout_redirect_uris: [`${home}/`],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  jwks: { keys: [keys[0].secret] },
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups', 'desk'] },
  // The claims stand in the proof, as Keycloak, Entra ID and Authentik have it.
  conformIdTokenClaims: false,
  cookies: { keys: ['a key of a test'] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    // The provider's own page asks for a typeface from elsewhere.
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = `<!doctype html><html lang="de"><title>Abmelden</title><h1>Auch hier abmelden?</h1>${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes">Ja, abmelden</button>`;
      },
    },
  },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: `person-${id}`, preferred_username: id, ...PEOPLE[id] }),
  }),
  // Staff are not asked whether their own authority may know who they are.
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

const PAGE = `<!doctype html><html lang="de"><title>Anmeldung des Landkreises</title><h1>Anmeldung des Landkreises</h1>
<form method="post"><label>Kennung <input name="login"></label><button>Weiter</button></form>`;

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith('/sign-in/')) {
    if (ctx.method === 'GET') {
      ctx.type = 'html';
      ctx.body = PAGE;
      return;
    }
    const login = new URLSearchParams(await bodyOf(ctx.req)).get('login') ?? '';
    const result = Object.hasOwn(PEOPLE, login)
      ? { login: { accountId: login } }
      : { error: 'access_denied', error_description: 'unknown' };
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
    ctx.status = 303;
    return;
  }
  await next();
  if (ctx.path === '/jwks') ctx.body = { keys: keys.slice(0, published).map((it) => it.open) };
  if (ctx.path === '/token' && ctx.body?.id_token) ctx.body = { ...ctx.body, id_token: await proof(ctx.body.id_token) };
});

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** The provider's own proof, or what a forger or another clock would make of it. */
async function proof(own) {
  if (forge === null && published === 1) return own;
  const claims = decodeJwt(own);
  let signer = keys[published - 1];
  if (forge === 'nonce') claims.nonce = 'another';
  if (forge === 'audience') claims.aud = 'another';
  if (forge === 'issuer') claims.iss = 'https://sso.example';
  if (forge === 'expired') Object.assign(claims, { iat: claims.iat - 7_200, exp: claims.iat - 3_600 });
  if (forge === 'early') Object.assign(claims, { iat: claims.iat + 3_600, exp: claims.iat + 7_200 });
  if (forge === 'unknown') signer = keys[2];
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  if (forge === 'none') return `${part({ alg: 'none', kid: 'one' })}.${part(claims)}.`;
  if (forge === 'signature') {
    const [head, , signature] = own.split('.');
    return `${head}.${part({ ...claims, groups: ['/telefon/leitung'] })}.${signature}`;
  }
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: signer.kid }).sign(signer.privateKey);
}

const server = certificate
  ? createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) }, provider.callback())
  : createServer(provider.callback());
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));

let told = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const what = JSON.parse(line);
  if ('forge' in what) forge = what.forge;
  if ('publish' in what) published = what.publish;
  told += 1;
  console.log(`done ${told}`);
}
process.exit(0);
