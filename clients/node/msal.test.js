// @azure/msal-node, told where the server is and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import { api, apiDefault, claims, endDelegatedAdmin, graphDefault, refused, works, world } from "./world.js";

const auth = (clientId, rest = {}, tenant = world.tenant) => ({
  auth: { clientId, authority: `${world.origin}/${tenant}`, knownAuthorities: [new URL(world.origin).host], ...rest },
});
const confidential = (rest, clientId = world.app) => new ConfidentialClientApplication(auth(clientId, rest));
const desktop = (tenant) => new PublicClientApplication(auth(world.publicApp, {}, tenant));
const signIn = (client) => client.acquireTokenByUsernamePassword({ scopes: [api], username: world.userName, password: world.password });
const certificate = (privateKey) => ({ clientCertificate: { thumbprintSha256: world.thumbprint256, privateKey, x5c: world.certificate } });

test("client credentials with a secret", async () => {
  const got = await confidential({ clientSecret: world.secret }).acquireTokenByClientCredential({ scopes: [graphDefault] });
  await works(got.accessToken);
  assert.equal(claims(got.accessToken).appidacr, "1");
  await refused(confidential({ clientSecret: "wrong" }).acquireTokenByClientCredential({ scopes: [graphDefault] }), "AADSTS7000215");
});

test("client credentials with a certificate", async () => {
  const got = await confidential(certificate(world.key), world.certApp).acquireTokenByClientCredential({ scopes: [graphDefault] });
  await works(got.accessToken);
  assert.equal(claims(got.accessToken).appidacr, "2");
  await refused(confidential(certificate(world.wrongKey), world.certApp).acquireTokenByClientCredential({ scopes: [graphDefault] }), "AADSTS700027");
  await refused(confidential(certificate(world.key)).acquireTokenByClientCredential({ scopes: [graphDefault] }), "AADSTS700027");
});

test("client credentials with an unsigned assertion", async () => {
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from("{}").toString("base64url")}.`;
  await refused(confidential({ clientAssertion: unsigned }, world.certApp).acquireTokenByClientCredential({ scopes: [graphDefault] }), "AADSTS50027");
});

test("user name and password, on organizations too", async () => {
  for (const tenant of [world.tenant, world.domain, "organizations"]) {
    const got = await signIn(desktop(tenant));
    await works(got.accessToken);
    assert.equal(got.account.homeAccountId, `${claims(got.accessToken).oid}.${world.tenant}`);
    assert.equal(got.account.username.toLowerCase(), world.userName);
  }
  const wrong = desktop().acquireTokenByUsernamePassword({ scopes: [api], username: world.userName, password: "wrong" });
  await refused(wrong, "AADSTS50126");
});

test("one refresh token for all resources, and for customers", async () => {
  const client = desktop();
  const { account, accessToken } = await signIn(client);
  const forGraph = await client.acquireTokenSilent({ account, scopes: [graphDefault] });
  assert.equal(claims(forGraph.accessToken).aud, "https://graph.windows.net");
  const again = await client.acquireTokenSilent({ account, scopes: [api], forceRefresh: true });
  assert.notEqual(again.accessToken, accessToken);
  await works(again.accessToken);

  const atCustomer = (tenant) => client.acquireTokenSilent({ account, scopes: [graphDefault], authority: `${world.origin}/${tenant}`, forceRefresh: true });
  const delegated = claims((await atCustomer(world.customer)).accessToken);
  assert.equal(delegated.tid, world.customer);
  assert.equal(delegated.oid, claims(accessToken).oid);
  assert.deepEqual(delegated.wids, ["62e90394-69f5-4237-9190-012177145e10"]);

  assert.equal(claims((await atCustomer(world.ending)).accessToken).tid, world.ending);
  await endDelegatedAdmin(accessToken, world.ending);
  await refused(atCustomer(world.ending), "AADSTS50020");
});

test("a refresh token by itself", async () => {
  const client = desktop();
  await signIn(client);
  const cache = JSON.parse(client.getTokenCache().serialize());
  const [{ secret: refreshToken }] = Object.values(cache.RefreshToken);
  const got = await desktop().acquireTokenByRefreshToken({ refreshToken, scopes: [apiDefault] });
  await works(got.accessToken);
  // Bound to its client, and to every character.
  await refused(confidential({ clientSecret: world.secret }).acquireTokenByRefreshToken({ refreshToken, scopes: [api] }), "AADSTS70000");
  await refused(desktop().acquireTokenByRefreshToken({ refreshToken: refreshToken.slice(0, -1), scopes: [api] }), "AADSTS70000");
});

test("on behalf of", async () => {
  const client = desktop();
  const { account, accessToken } = await signIn(client);
  const called = await client.acquireTokenSilent({ account, scopes: [`api://${world.app}/access`] });
  const middle = confidential({ clientSecret: world.secret });
  const got = await middle.acquireTokenOnBehalfOf({ oboAssertion: called.accessToken, scopes: [api] });
  await works(got.accessToken);
  assert.equal(claims(got.accessToken).oid, claims(accessToken).oid);
  await refused(confidential({ clientSecret: world.secret }).acquireTokenOnBehalfOf({ oboAssertion: accessToken, scopes: [api] }), "AADSTS50013");
});
