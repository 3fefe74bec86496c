// openid-client, which follows the letter of the standards: exact issuers, checked signatures, no unknown algorithms.
import assert from "node:assert/strict";
import { createPrivateKey, webcrypto } from "node:crypto";
import { test } from "node:test";
import * as client from "openid-client";
import { api, apiDefault, graphDefault, refused, works, world } from "./world.js";

const issuer = new URL(`${world.origin}/${world.tenant}/v2.0`);
const discover = (id, authentication, metadata) =>
  client.discovery(issuer, id, metadata, authentication, { execute: [client.enableNonRepudiationChecks] });
const withSecret = (method, secret = world.secret) => discover(world.app, method(secret));

async function signingKey(pem) {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["sign"]);
}

test("discovery names what there is", async () => {
  const metadata = (await withSecret(client.ClientSecretPost)).serverMetadata();
  assert.equal(metadata.issuer, issuer.href);
  for (const endpoint of ["token_endpoint", "authorization_endpoint", "device_authorization_endpoint", "end_session_endpoint", "jwks_uri"]) {
    assert.ok(metadata[endpoint].startsWith(world.origin), endpoint);
  }
  await assert.rejects(client.discovery(new URL(`${world.origin}/${world.domain}/v2.0`), world.app), "an issuer by another name");
});

for (const method of [client.ClientSecretPost, client.ClientSecretBasic]) {
  test(`client credentials, ${method.name}`, async () => {
    const got = await client.clientCredentialsGrant(await withSecret(method), { scope: graphDefault });
    await works(got.access_token);
    await refused(client.clientCredentialsGrant(await withSecret(method, "wrong"), { scope: graphDefault }), "AADSTS7000215");
  });
}

test("client credentials, private_key_jwt", async () => {
  const thumbprint = Buffer.from(world.thumbprint256, "hex").toString("base64url");
  const signed = (key, change = () => {}) =>
    client.PrivateKeyJwt(key, {
      [client.modifyAssertion]: (header, payload) => {
        header["x5t#S256"] = thumbprint;
        payload.aud = `${world.origin}/${world.tenant}/oauth2/v2.0/token`;
        change(header, payload);
      },
    });
  const grant = async (authentication) => client.clientCredentialsGrant(await discover(world.certApp, authentication), { scope: graphDefault });
  const key = await signingKey(world.key);
  await works((await grant(signed(key))).access_token);
  await works((await grant(signed(key, (_, payload) => (payload.aud = issuer.href)))).access_token);
  await refused(grant(signed(await signingKey(world.wrongKey))), "AADSTS700027");
  await refused(grant(signed(key, (_, payload) => (payload.exp = payload.iat - 3600))), "AADSTS700024");
  await refused(grant(signed(key, (_, payload) => (payload.aud = "https://example.com"))), "AADSTS700023");
  await refused(grant(signed(key, (_, payload) => (payload.sub = world.app))), "AADSTS700021");
  await refused(grant(signed(key, (header) => delete header["x5t#S256"])), "AADSTS700027");
});

test("password, then refresh tokens", async () => {
  const config = await discover(world.publicApp, client.None());
  const grant = (password) =>
    client.genericGrantRequest(config, "password", { username: world.userName, password, scope: `${api} openid offline_access` });
  const first = await grant(world.password);
  await works(first.access_token);
  assert.equal(first.claims().preferred_username, world.userName);
  await refused(grant("wrong"), "AADSTS50126");

  const second = await client.refreshTokenGrant(config, first.refresh_token, { scope: apiDefault });
  await works(second.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.claims().sub, first.claims().sub);
  // As with the real service the old one stays good, also for another resource.
  await client.refreshTokenGrant(config, first.refresh_token, { scope: graphDefault });
  await refused(client.refreshTokenGrant(config, `${first.refresh_token}x`), "AADSTS70000");
  await refused(client.refreshTokenGrant(await withSecret(client.ClientSecretPost), first.refresh_token), "AADSTS70000");
});
