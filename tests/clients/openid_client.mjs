// A relying party written with openid-client (npm): it signs on, refreshes, steps up, asks in silence, and signs out.
// What it is, it reads from its first argument; where a browser must go, it writes a line and reads where the browser came back.
import { createInterface } from 'node:readline'
import { webcrypto } from 'node:crypto'
import * as client from 'openid-client'

const given = JSON.parse(process.argv[2])
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (step, what) => process.stdout.write(JSON.stringify({ step, ...what }) + '\n')
const browse = async (url) => {
  say('browse', { url: url.href })
  return new URL((await lines.next()).value)
}

const key = await webcrypto.subtle.importKey('jwk', given.key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
const config = await client.discovery(
  new URL(given.issuer),
  given.client,
  undefined,
  client.PrivateKeyJwt({ key, kid: given.key.kid }),
  { execute: [client.allowInsecureRequests] },
)

async function signOn(build, extra = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() }
  const back = await browse(
    await build({
      redirect_uri: given.redirect,
      scope: 'openid profile',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...extra,
    }),
  )
  return client.authorizationCodeGrant(config, back, { ...checks, ...(extra.max_age ? { maxAge: Number(extra.max_age) } : {}) })
}

const plain = (asked) => client.buildAuthorizationUrl(config, asked)
const pushed = (asked) => client.buildAuthorizationUrlWithPAR(config, asked)
const signed = (asked) => client.buildAuthorizationUrlWithJAR(config, asked, { key, kid: given.key.kid })

let tokens = await signOn(pushed)
say('signed on', { claims: tokens.claims() })
say('userinfo', { claims: await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub) })

tokens = await client.refreshTokenGrant(config, tokens.refresh_token)
say('refreshed', { scope: tokens.scope })

const high = await signOn(plain, { acr_values: 'urn:tongban:level:3' })
say('stepped up', { claims: high.claims() })

const silent = await signOn(signed, { prompt: 'none' })
say('in silence', { claims: silent.claims() })

say('examined', { active: (await client.tokenIntrospection(config, silent.access_token)).active })
await client.tokenRevocation(config, silent.access_token)
say('given back', { active: (await client.tokenIntrospection(config, silent.access_token)).active })

const out = client.buildEndSessionUrl(config, { post_logout_redirect_uri: given.after, id_token_hint: high.id_token, state: 'bye' })
const left = await browse(out)
say('signed out', { at: left.href })

try {
  await client.refreshTokenGrant(config, tokens.refresh_token)
} catch (error) {
  say('ended', { error: error.error })
}
process.exit(0)
