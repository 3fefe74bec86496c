// Sign-ins by a person with a browser: authorization codes and device codes, by all three libraries.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { AuthorizationCodeCredential, DeviceCodeCredential } from "@azure/identity";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import * as client from "openid-client";
import { api, apiDefault, browse, claims, graphDefault, refused, works, world } from "./world.js";

const redirectUri = "http://localhost:8400";
const auth = (clientId, rest = {}, tenant = world.tenant) => ({
  auth: { clientId, authority: `${world.origin}/${tenant}`, knownAuthorities: [new URL(world.origin).host], ...rest },
});
const desktop = (tenant) => new PublicClientApplication(auth(world.publicApp, {}, tenant));
const web = () => new ConfidentialClientApplication(auth(world.app, { clientSecret: world.secret }));

// pkce is a verifier and its challenge.
function pkce() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, codeChallenge: createHash("sha256").update(verifier).digest("base64url"), codeChallengeMethod: "S256" };
}

// answered are the parameters of an answer, in whichever mode it came.
function answered(end) {
  const url = new URL(end);
  return url.hash ? new URLSearchParams(url.hash.slice(1)) : url.searchParams;
}

for (const tenant of [world.tenant, "organizations", "common"]) {
  test(`msal-node: a code with PKCE, at ${tenant === world.tenant ? "the tenant" : tenant}`, async () => {
    const { verifier, ...challenge } = pkce();
    const app = desktop(tenant);
    const end = answered(await browse(await app.getAuthCodeUrl({ scopes: [api], redirectUri, state: "s t", nonce: "n", ...challenge })));
    assert.equal(end.get("state"), "s t");
    const request = { code: end.get("code"), scopes: [api], redirectUri, codeVerifier: verifier };
    await refused(desktop(tenant).acquireTokenByCode({ ...request, codeVerifier: pkce().verifier }), "AADSTS501481");
    await refused(desktop(tenant).acquireTokenByCode({ ...request, codeVerifier: undefined }), "AADSTS9002325");
    const got = await app.acquireTokenByCode(request, { nonce: "n", code: request.code });
    await works(got.accessToken);
    assert.equal(got.idTokenClaims.nonce, "n");
    assert.equal(got.account.username.toLowerCase(), world.userName);
    await works((await app.acquireTokenSilent({ account: got.account, scopes: [graphDefault] })).accessToken);

    // The code again: it is refused, and what it gave is over.
    await refused(desktop(tenant).acquireTokenByCode(request), "AADSTS54005");
    await refused(app.acquireTokenSilent({ account: got.account, scopes: [api], forceRefresh: true }), "AADSTS50173");
  });
}

for (const responseMode of ["query", "fragment", "form_post"]) {
  test(`msal-node: a web application's code, by ${responseMode}`, async () => {
    const app = web();
    const url = await app.getAuthCodeUrl({ scopes: [api], redirectUri, responseMode });
    const code = answered(await browse(url)).get("code");
    await refused(desktop().acquireTokenByCode({ code, scopes: [api], redirectUri }), "AADSTS70000");
    await refused(app.acquireTokenByCode({ code, scopes: [api], redirectUri: `${redirectUri}/other` }), "AADSTS500112");
    await works((await app.acquireTokenByCode({ code, scopes: [api], redirectUri })).accessToken);
  });
}

test("msal-node: a device code", async () => {
  const app = desktop();
  const got = await app.acquireTokenByDeviceCode({
    scopes: [api],
    deviceCodeCallback: ({ verificationUri, userCode, message }) => {
      assert.ok(message.includes(userCode) && message.includes(verificationUri));
      browse(verificationUri, { code: userCode });
    },
  });
  await works(got.accessToken);
  assert.equal(got.account.username.toLowerCase(), world.userName);
});

test("@azure/identity: a code and a device code", async () => {
  const options = { authorityHost: world.origin, disableInstanceDiscovery: true };
  const url = await web().getAuthCodeUrl({ scopes: [api], redirectUri });
  const code = answered(await browse(url)).get("code");
  const byCode = () => new AuthorizationCodeCredential(world.tenant, world.app, world.secret, code, redirectUri, options);
  await works((await byCode().getToken(apiDefault)).token);
  await refused(byCode().getToken(apiDefault), "AADSTS54005");

  const device = new DeviceCodeCredential({
    tenantId: world.tenant, clientId: world.publicApp, ...options,
    userPromptCallback: ({ verificationUri, userCode }) => browse(verificationUri, { code: userCode }),
  });
  await works((await device.getToken(apiDefault)).token);
});

const issuer = new URL(`${world.origin}/${world.tenant}/v2.0`);
const strict = (id, authentication, ...more) =>
  client.discovery(issuer, id, undefined, authentication, { execute: [client.enableNonRepudiationChecks, ...more] });

test("openid-client: a code with PKCE, state, nonce and max_age", async () => {
  const config = await strict(world.publicApp, client.None());
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope: `openid profile offline_access ${api}`, state: expectedState, nonce: expectedNonce, max_age: "600",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: "S256",
  });
  const end = new URL(await browse(url.href));
  const got = await client.authorizationCodeGrant(config, end, { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 600, idTokenExpected: true });
  await works(got.access_token);
  assert.equal(got.claims().oid, claims(got.access_token).oid);
  const renewed = await client.refreshTokenGrant(config, got.refresh_token);
  await works(renewed.access_token);
  await refused(client.authorizationCodeGrant(config, end, { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 600 }), "AADSTS54005");
  await refused(client.refreshTokenGrant(config, renewed.refresh_token), "AADSTS50173");
});

test("openid-client: code and id token together, whose c_hash it checks", async () => {
  const config = await strict(world.app, client.ClientSecretPost(world.secret), client.useCodeIdTokenResponseType);
  const expectedNonce = client.randomNonce();
  const expectedState = client.randomState();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri, scope: `openid ${api}`, nonce: expectedNonce, state: expectedState, response_mode: "fragment",
  });
  const got = await client.authorizationCodeGrant(config, new URL(await browse(url.href)), { expectedNonce, expectedState });
  await works(got.access_token);
});

test("openid-client: a device code, and one that is refused", async () => {
  const config = await strict(world.publicApp, client.None());
  const start = () => client.initiateDeviceAuthorization(config, { scope: `openid ${api}` });
  const [good, bad] = [await start(), await start()];
  const pending = client.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", { device_code: good.device_code });
  await refused(pending, "AADSTS70016");
  await browse(good.verification_uri, { code: good.user_code });
  await browse(bad.verification_uri, { code: bad.user_code, press: "refuse" });
  const got = await client.pollDeviceAuthorizationGrant(config, good);
  await works(got.access_token);
  assert.equal(got.claims().preferred_username, world.userName);
  await refused(client.pollDeviceAuthorizationGrant(config, bad), "AADSTS65004");
});
