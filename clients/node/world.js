// What the harness tells of the world, and what all tests share.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const env = process.env;

export const world = {
  origin: env.TENANTRY_ORIGIN,
  http: env.TENANTRY_HTTP,
  tenant: env.TENANT,
  domain: env.DOMAIN,
  app: env.APP,
  secret: env.SECRET,
  certApp: env.CERT_APP,
  publicApp: env.PUBLIC_APP,
  adminKey: env.ADMIN_KEY,
  userName: env.USER_NAME,
  password: env.USER_PASSWORD,
  customer: env.CUSTOMER,
  ending: env.ENDING,
  thumbprint256: env.THUMBPRINT256,
  key: readFileSync(env.KEY, "utf8"),
  wrongKey: readFileSync(env.WRONG_KEY, "utf8"),
  certificate: readFileSync(env.CERT, "utf8"),
  bundle: env.BUNDLE,
};

export const api = "https://api.partnercenter.microsoft.com/user_impersonation";
export const apiDefault = "https://api.partnercenter.microsoft.com/.default";
export const graphDefault = "https://graph.windows.net/.default";

// works fails unless the API takes the token.
export async function works(token, status = 200) {
  const answer = await fetch(`${world.http}/v1/customers/${world.customer}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, status, await answer.text());
}

// refused fails unless the promise is rejected, with the text somewhere in what it says.
export async function refused(promise, text, kind = Error) {
  await assert.rejects(promise, (err) => {
    assert.ok(err instanceof kind, `${err.name}, not ${kind.name}`);
    const said = [err.message, err.errorMessage, err.error_description, err.cause?.error_description, JSON.stringify(err.errorResponse ?? "")].join(" ");
    assert.ok(said.includes(text), `${said}, without ${text}`);
    return true;
  });
}

// claims are those of a token.
export const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

// endDelegatedAdmin ends the partner's delegated admin at the customer.
export async function endDelegatedAdmin(token, customer) {
  const answer = await fetch(`${world.http}/v1/customers/${customer}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ allowDelegatedAccess: false, attributes: { objectType: "Customer" } }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

// administer calls the admin API.
export async function administer(method, path, body = {}) {
  const answer = await fetch(`${world.http}/_tenantry/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${world.adminKey}` },
    body: method === "GET" ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text);
}

// browse lets the person with a browser open the address, and answers where that ends.
export async function browse(url, more = {}) {
  const answer = await fetch(env.BROWSER, { method: "POST", body: new URLSearchParams({ url, ...more }) });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}
