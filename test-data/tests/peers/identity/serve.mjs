// A real OpenID provider on loopback, with a few people, and tokens of its own key of which most are wrong in one way.
//
// node serve.mjs PORT REDIRECT_URI… — prints one line of JSON when it listens: {"issuer": …, "tokens": {NAME: TOKEN}}.
// GET /asked says how often its keys were asked for.

import { createHmac, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { SignJWT, exportJWK, exportSPKI } from 'jose';
import Provider from 'oidc-provider';

const [port, ...redirectUris] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'imaging-hub';
const GROUPS = { anna: ['staff', 'doctors'], otto: ['it'], tom: ['staff'] };

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const kid = 'first';

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'regional-imaging-hub',
    client_secret: 'a secret/of + two',
    redirect_uris: redirectUris,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }, {
    client_id: 'script',
    client_secret: 'script',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  }],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['only for tests'] },
  pkce: { required: () => true },
  claims: { openid: ['sub'], profile: ['groups'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, groups: GROUPS[id] ?? [] }) }),
  extraTokenClaims: (_, token) => (token.kind === 'ClientCredentials' ? { groups: ['doctors'] } : undefined),
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) => (ctx.oidc.client?.clientId === 'script' ? `urn:${audience}` : undefined),
      getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
    },
  },
});

const now = Math.floor(Date.now() / 1000);

function token(claims = {}, { key = privateKey, id = kid, alg = 'RS256' } = {}) {
  const whole = { iss: issuer, aud: audience, sub: 'anna', groups: ['doctors'], iat: now, exp: now + 3600, ...claims };
  return new SignJWT(whole).setProtectedHeader({ alg, kid: id }).sign(key);
}

function part(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What a library that believes the header would check with the public key as a shared secret, or not at all. */
async function forged() {
  const claims = part({ iss: issuer, aud: audience, sub: 'anna', groups: ['doctors'], exp: now + 3600 });
  const shared = `${part({ alg: 'HS256', kid })}.${claims}`;
  const mac = createHmac('sha256', await exportSPKI(publicKey)).update(shared).digest('base64url');
  return { shared: `${shared}.${mac}`, none: `${part({ alg: 'none' })}.${claims}.`, noneKid: `${part({ alg: 'none', kid })}.${claims}.` };
}

const good = await token();
const tokens = {
  good,
  goodList: await token({ aud: ['elsewhere', audience], nbf: now - 10 }),
  norole: await token({ groups: ['staff'] }),
  operator: await token({ groups: ['it'] }),
  expired: await token({ exp: now - 3600 }),
  endless: await token({ exp: undefined }),
  early: await token({ nbf: now + 3600 }),
  audience: await token({ aud: 'elsewhere' }),
  issuer: await token({ iss: 'http://elsewhere.example' }),
  otherKey: await token({}, { key: other }),
  otherKid: await token({}, { key: other, id: 'unknown' }),
  cut: good.slice(0, -8),
  text: 'not a token',
  ...(await forged()),
};

let asked = 0;
const answer = provider.callback();
createServer((request, response) => {
  if (request.url === '/asked') return response.end(String(asked));
  if (request.url === '/jwks') asked += 1;
  return answer(request, response);
}).listen(port, '127.0.0.1', () => console.log(JSON.stringify({ issuer, tokens })));
