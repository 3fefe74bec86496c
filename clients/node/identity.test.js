// @azure/identity, told where the server is and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientCertificateCredential, ClientSecretCredential, OnBehalfOfCredential, UsernamePasswordCredential } from "@azure/identity";
import { apiDefault, claims, graphDefault, refused, works, world } from "./world.js";

const options = { authorityHost: world.origin, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };
const withSecret = (secret, tenant = world.tenant) => new ClientSecretCredential(tenant, world.app, secret, options);
const withPassword = (password) => new UsernamePasswordCredential(world.tenant, world.publicApp, world.userName, password, options);

test("secret", async () => {
  for (const tenant of [world.tenant, world.domain]) {
    const { token, expiresOnTimestamp } = await withSecret(world.secret, tenant).getToken(apiDefault);
    await works(token);
    assert.ok(expiresOnTimestamp > Date.now() + 50 * 60 * 1000);
  }
  await refused(withSecret("wrong").getToken(apiDefault), "AADSTS7000215");
});

test("certificate", async () => {
  const { token } = await new ClientCertificateCredential(world.tenant, world.certApp, world.bundle, options).getToken(graphDefault);
  await works(token);
  await refused(new ClientCertificateCredential(world.tenant, world.app, world.bundle, options).getToken(graphDefault), "AADSTS700027");
});

test("user name and password", async () => {
  await works((await withPassword(world.password).getToken(apiDefault)).token);
  await refused(withPassword("wrong").getToken(apiDefault), "AADSTS50126");
});

test("on behalf of", async () => {
  const { token } = await withPassword(world.password).getToken(`api://${world.app}/.default`);
  const onBehalf = (userAssertionToken) =>
    new OnBehalfOfCredential({ tenantId: world.tenant, clientId: world.app, clientSecret: world.secret, userAssertionToken, ...options });
  const got = await onBehalf(token).getToken(apiDefault);
  await works(got.token);
  assert.equal(claims(got.token).upn, world.userName);
  await refused(onBehalf(got.token).getToken(apiDefault), "AADSTS50013");
});
