// What has expired, what was revoked, and sign-out. The server's clock is moved, and the program's with it: so the tests of this
// file follow each other, in a world that nobody else uses.
import assert from "node:assert/strict";
import { createPrivateKey, webcrypto } from "node:crypto";
import { afterEach, test } from "node:test";
import { AuthenticationRequiredError, ClientCertificateCredential, ClientSecretCredential, DeviceCodeCredential, OnBehalfOfCredential, UsernamePasswordCredential } from "@azure/identity";
import { ConfidentialClientApplication, InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-node";
import * as client from "openid-client";
import { administer, api, apiDefault, browse, claims, graphDefault, refused, works, world } from "./world.js";

const redirectUri = "http://localhost:8400";
const [minute, hour, day] = [60e3, 3600e3, 24 * 3600e3];

// The machine's clock, as the program sees it, moves with the server's.
const Machine = Date;
let ahead = 0;
globalThis.Date = class extends Machine {
  constructor(...args) {
    super(...(args.length > 0 ? args : [Machine.now() + ahead]));
  }
  static now() {
    return Machine.now() + ahead;
  }
};

// later moves the server's clock alone; pass moves both.
let server = 0;
async function later(by) {
  await administer("POST", "clock/advance", { by: `${by}ms` });
  server += by;
}
async function pass(by) {
  await later(by);
  ahead = server;
}
afterEach(() => (ahead = server));

const auth = (clientId, rest = {}, tenant = world.tenant) => ({
  auth: { clientId, authority: `${world.origin}/${tenant}`, knownAuthorities: [new URL(world.origin).host], ...rest },
});
const desktop = () => new PublicClientApplication(auth(world.publicApp));
const web = (rest = { clientSecret: world.secret }, id = world.app) => new ConfidentialClientApplication(auth(id, rest));
const certificate = () => ({ clientCertificate: { thumbprintSha256: world.thumbprint256, privateKey: world.key, x5c: world.certificate } });
const options = { authorityHost: world.origin, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };
const issuer = new URL(`${world.origin}/${world.tenant}/v2.0`);
const strict = (id, authentication, ...more) =>
  client.discovery(issuer, id, undefined, authentication, { execute: [client.enableNonRepudiationChecks, ...more] });

// newUser is a user of the partner's, with a password that it has chosen.
let people = 0;
async function newUser() {
  const { user, password: current } = await administer("POST", `partners/${world.tenant}/users`, { name: `person${++people}`, agents: ["AdminAgents"] });
  const password = `Chosen-Passw0rd-${people}`;
  await browse(`${world.origin}/account`, { username: user, password: current, current, new: password, again: password });
  return { user, password };
}
const signIn = (app, { user, password } = { user: world.userName, password: world.password }) =>
  app.acquireTokenByUsernamePassword({ scopes: [api], username: user, password });
const oidcSignIn = async (config, { user, password } = { user: world.userName, password: world.password }) =>
  client.genericGrantRequest(config, "password", { username: user, password, scope: `openid offline_access ${api}` });
const newCode = async (more) => new URL(await browse(await web().getAuthCodeUrl({ scopes: [api], redirectUri }), more)).searchParams.get("code");
const byCode = async (code) => web().acquireTokenByCode({ code, scopes: [api], redirectUri });

test("@azure/identity: an expired access token is renewed by the refresh token, and that expires too", async () => {
  const credential = new DeviceCodeCredential({
    tenantId: world.tenant, clientId: world.publicApp, ...options, disableAutomaticAuthentication: true,
    userPromptCallback: ({ verificationUri, userCode }) => browse(verificationUri, { code: userCode }),
  });
  await credential.authenticate(apiDefault);
  const { token } = await credential.getToken(apiDefault);
  await works(token);
  assert.equal((await credential.getToken(apiDefault)).token, token, "not remembered");
  await pass(2 * hour);
  await works(token, 401);
  const renewed = (await credential.getToken(apiDefault)).token;
  assert.notEqual(renewed, token);
  await works(renewed);
  await pass(91 * day);
  await refused(credential.getToken(apiDefault), "", AuthenticationRequiredError);
});

test("msal-node: an expired access token is renewed by the refresh token, and that expires too", async () => {
  const app = desktop();
  const { account, accessToken } = await signIn(app);
  const silently = () => app.acquireTokenSilent({ account, scopes: [api] });
  assert.equal((await silently()).accessToken, accessToken, "not remembered");
  await pass(2 * hour);
  await works(accessToken, 401);
  const renewed = await silently();
  assert.equal(renewed.fromCache, false);
  await works(renewed.accessToken);
  await pass(89 * day);
  await works((await silently()).accessToken);
  await pass(91 * day);
  await refused(silently(), "AADSTS700082", InteractionRequiredAuthError);
});

test("openid-client: an expired access token, and an expired refresh token", async () => {
  const config = await strict(world.publicApp, client.None());
  const got = await oidcSignIn(config);
  await works(got.access_token);
  await pass(2 * hour);
  await works(got.access_token, 401);
  const renewed = await client.refreshTokenGrant(config, got.refresh_token);
  await works(renewed.access_token);
  await pass(91 * day);
  await refused(client.refreshTokenGrant(config, renewed.refresh_token), "AADSTS700082", client.ResponseBodyError);
});

test("expired codes", async () => {
  const config = await strict(world.app, client.ClientSecretPost(world.secret));
  const [first, second] = [await newCode(), new URL(await browse(client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope: `openid ${api}` }).href))];
  await pass(11 * minute);
  await refused(byCode(first), "AADSTS70008");
  await refused(client.authorizationCodeGrant(config, second), "AADSTS70008");
});

test("expired device codes", async () => {
  const late = desktop().acquireTokenByDeviceCode({ scopes: [api], deviceCodeCallback: () => later(16 * minute) });
  await refused(late, "expired_token"); // all that it tells
  ahead = server;
  const credential = new DeviceCodeCredential({ tenantId: world.tenant, clientId: world.publicApp, ...options, userPromptCallback: () => later(16 * minute) });
  await refused(credential.getToken(apiDefault), "expired_token");
  ahead = server;
  const config = await strict(world.publicApp, client.None());
  const device = await client.initiateDeviceAuthorization(config, { scope: `openid ${api}` });
  await pass(16 * minute);
  await refused(client.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", { device_code: device.device_code }), "AADSTS70020");
});

test("expired assertions of a user", async () => {
  const app = desktop();
  const { account } = await signIn(app);
  const called = await app.acquireTokenSilent({ account, scopes: [`api://${world.app}/access`] });
  await pass(2 * hour);
  await refused(web().acquireTokenOnBehalfOf({ oboAssertion: called.accessToken, scopes: [api] }), "AADSTS500133");
  const onBehalf = new OnBehalfOfCredential({
    tenantId: world.tenant, clientId: world.app, clientSecret: world.secret, userAssertionToken: called.accessToken, ...options,
  });
  await refused(onBehalf.getToken(apiDefault), "AADSTS500133");
});

test("a secret that expires, and one that is removed", async () => {
  const made = async (life) => administer("POST", `apps/${world.app}/secrets`, { expires: new Date(Date.now() + life) });
  const [short, long] = [await made(hour), await made(365 * day)];
  const grants = async (secret) => [
    () => web({ clientSecret: secret }).acquireTokenByClientCredential({ scopes: [graphDefault] }),
    () => new ClientSecretCredential(world.tenant, world.app, secret, options).getToken(graphDefault),
    async () => client.clientCredentialsGrant(await strict(world.app, client.ClientSecretPost(secret)), { scope: graphDefault }),
  ];
  for (const grant of [...(await grants(short.secret)), ...(await grants(long.secret))]) {
    const got = await grant();
    await works(got.accessToken ?? got.token ?? got.access_token);
  }
  await pass(2 * hour);
  for (const grant of await grants(short.secret)) await refused(grant(), "AADSTS7000222");
  await administer("DELETE", `apps/${world.app}/secrets/${long.id}`);
  for (const grant of await grants(long.secret)) await refused(grant(), "AADSTS7000215");
});

test("expired assertions of an application", async () => {
  const grants = [
    () => web(certificate(), world.certApp).acquireTokenByClientCredential({ scopes: [graphDefault] }),
    () => new ClientCertificateCredential(world.tenant, world.certApp, world.bundle, options).getToken(graphDefault),
  ];
  for (const grant of grants) await refused(grant(), ahead < day ? "AADSTS700024" : "AADSTS1000502"); // the certificate's own time
});

// ended are the ways in which what a user granted ends.
const ended = [
  ["a reset password", "AADSTS50173", "AADSTS50126", ({ user }) => administer("POST", `users/${user}/resetpassword`)],
  ["a deleted user", "AADSTS500341", "AADSTS50034", ({ user }) => administer("DELETE", `users/${user}`)],
];
for (const [name, granted, again, end] of ended) {
  test(`revoked by ${name}`, async () => {
    const person = await newUser();
    const typed = { username: person.user, password: person.password };
    const [app, config] = [desktop(), await strict(world.publicApp, client.None())];
    const { account, accessToken } = await signIn(app, person);
    const called = await app.acquireTokenSilent({ account, scopes: [`api://${world.app}/access`] });
    const { refresh_token } = await oidcSignIn(config, person);
    const code = await newCode(typed);
    const device = await client.initiateDeviceAuthorization(config, { scope: `openid ${api}` });
    await browse(device.verification_uri, { code: device.user_code, ...typed });
    const credential = new DeviceCodeCredential({
      tenantId: world.tenant, clientId: world.publicApp, ...options, disableAutomaticAuthentication: true,
      userPromptCallback: ({ verificationUri, userCode }) => browse(verificationUri, { code: userCode, ...typed }),
    });
    await credential.authenticate(apiDefault);
    await works(accessToken);
    await end(person);

    const renewed = app.acquireTokenSilent({ account, scopes: [api], forceRefresh: true });
    await refused(renewed, granted, granted === "AADSTS50173" ? InteractionRequiredAuthError : Error);
    await refused(client.refreshTokenGrant(config, refresh_token), granted, client.ResponseBodyError);
    await refused(byCode(code), granted);
    await refused(client.genericGrantRequest(config, "urn:ietf:params:oauth:grant-type:device_code", { device_code: device.device_code }), granted);
    await refused(web().acquireTokenOnBehalfOf({ oboAssertion: called.accessToken, scopes: [api] }), granted);
    await refused(signIn(desktop(), person), again);
    await refused(new UsernamePasswordCredential(world.tenant, world.publicApp, person.user, person.password, options).getToken(apiDefault), again);
    await pass(2 * hour);
    await refused(credential.getToken(apiDefault), "", AuthenticationRequiredError);
  });
}

test("revoked by new signing keys: access tokens alone", async () => {
  const [app, config] = [desktop(), await strict(world.publicApp, client.None())];
  const { account, accessToken } = await signIn(app);
  const called = await app.acquireTokenSilent({ account, scopes: [`api://${world.app}/access`] });
  const got = await oidcSignIn(config);
  await administer("POST", "keys/rotate", { revoke: true });
  await works(accessToken, 401);
  await works(got.access_token, 401);
  await refused(web().acquireTokenOnBehalfOf({ oboAssertion: called.accessToken, scopes: [api] }), "AADSTS50013");
  await works((await app.acquireTokenSilent({ account, scopes: [api], forceRefresh: true })).accessToken);
  // Whoever checks signatures finds the new key.
  const fresh = await strict(world.publicApp, client.None());
  await works((await client.refreshTokenGrant(fresh, got.refresh_token)).access_token);
});

test("revoked by the end of the relationship", async () => {
  const app = desktop();
  const { account, accessToken } = await signIn(app);
  const authority = `${world.origin}/${world.ending}`;
  const atCustomer = () => app.acquireTokenSilent({ account, scopes: [graphDefault], authority, forceRefresh: true });
  assert.equal(claims((await atCustomer()).accessToken).tid, world.ending);
  const answer = await fetch(`${world.http}/v1/customers/${world.ending}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ relationshipToPartner: "none", attributes: { objectType: "Customer" } }),
  });
  assert.equal(answer.status, 200, await answer.text());
  await refused(atCustomer(), "AADSTS700016");
});

// signedIn reports whether the browser answers an application without a word to the person.
async function signedIn(browser) {
  const end = new URL(await browse(await web().getAuthCodeUrl({ scopes: [api], redirectUri, prompt: "none" }), { browser }));
  if (end.searchParams.has("code")) return true;
  assert.equal(end.searchParams.get("error"), "login_required");
  return false;
}

test("sign-out by openid-client's URL", async () => {
  const browser = "openid-client's";
  const config = await strict(world.app, client.ClientSecretPost(world.secret));
  const url = client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope: `openid offline_access ${api}` });
  const got = await client.authorizationCodeGrant(config, new URL(await browse(url.href, { browser })));
  assert.ok(await signedIn(browser));
  const end = (where) => client.buildEndSessionUrl(config, { id_token_hint: got.id_token, state: "s", ...where }).href;
  // To somewhere else it leads nobody, and the session ends all the same.
  const stayed = await browse(end({ post_logout_redirect_uri: "https://elsewhere.example/" }), { browser });
  assert.equal(new URL(stayed).origin, world.origin);
  assert.equal(await signedIn(browser), false);
  await browse(url.href, { browser });
  assert.ok(await signedIn(browser));
  const back = new URL(await browse(end({ post_logout_redirect_uri: redirectUri }), { browser }));
  assert.equal(back.origin, redirectUri);
  assert.equal(back.searchParams.get("state"), "s");
  assert.equal(await signedIn(browser), false);
  // As with the real service, sign-out is the browser's: what the application was granted stays.
  await works((await client.refreshTokenGrant(config, got.refresh_token)).access_token);
});

test("sign-out of an application that uses msal-node", async () => {
  const browser = "msal-node's";
  const app = web();
  const code = new URL(await browse(await app.getAuthCodeUrl({ scopes: [api], redirectUri }), { browser })).searchParams.get("code");
  const { account } = await app.acquireTokenByCode({ code, scopes: [api], redirectUri });
  assert.ok(await signedIn(browser));
  // It has no method for the URL: Microsoft's samples put it together, and forget the account.
  const out = (where) => `${world.origin}/${world.tenant}/oauth2/v2.0/logout?${new URLSearchParams({ post_logout_redirect_uri: where })}`;
  assert.equal(new URL(await browse(`${out(redirectUri)}&client_id=${world.app}`, { browser })).origin, redirectUri);
  assert.equal(await signedIn(browser), false);
  await works((await app.acquireTokenSilent({ account, scopes: [api], forceRefresh: true })).accessToken);
  await app.getTokenCache().removeAccount(account);
  await assert.rejects(app.acquireTokenSilent({ account, scopes: [api] }));
  assert.equal(new URL(await browse(`${out("https://elsewhere.example/")}&client_id=${world.app}`, { browser })).origin, world.origin);
});
