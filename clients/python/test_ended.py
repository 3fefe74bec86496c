"""What has expired and what was revoked, by msal for Python. The server's clock is moved, and the program's with it."""

import time
import unittest
import unittest.mock
import urllib.parse

import requests

from world import API, GRAPH, Checks, E, certificate, confidential, desktop

REDIRECT = "http://localhost:8400"
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
machine = time.time


def administer(method, path, **body):
    got = requests.request(
        method, f"{E['TENANTRY_HTTP']}/_tenantry/admin/{path}", json=body, headers={"Authorization": "Bearer " + E["ADMIN_KEY"]}
    )
    got.raise_for_status()
    return got.json()


def browse(url, **more):
    got = requests.post(E["BROWSER"], data={"url": url, **more})
    got.raise_for_status()
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(got.text).query))


class Ended(Checks):
    ahead = people = 0

    def setUp(self):
        patch = unittest.mock.patch("time.time", lambda: machine() + Ended.ahead)
        patch.start()
        self.addCleanup(patch.stop)

    def go_by(self, seconds):
        """Moves the clocks."""
        administer("POST", "clock/advance", by=f"{seconds}s")
        Ended.ahead += seconds

    def sign_in(self, client, name=E["USER_NAME"], password=E["USER_PASSWORD"]):
        got = client.acquire_token_by_username_password(name, password, scopes=[API])
        self.works(got)
        return got

    def new_user(self):
        """A user with a password that it has chosen."""
        Ended.people += 1
        made = administer("POST", f"partners/{E['TENANT']}/users", name=f"person{Ended.people}", agents=["AdminAgents"])
        chosen = f"Chosen-Passw0rd-{Ended.people}"
        browse(
            E["TENANTRY_ORIGIN"] + "/account",
            username=made["user"], password=made["password"], current=made["password"], new=chosen, again=chosen,
        )
        return made["user"], chosen

    def code_flow(self, client, **typed):
        flow = client.initiate_auth_code_flow([API], redirect_uri=REDIRECT)
        return flow, browse(flow["auth_uri"], **typed)

    def test_tokens_expire(self):
        client = desktop()
        first = self.sign_in(client)
        (account,) = client.get_accounts()
        kept = client.acquire_token_silent_with_error([API], account)
        self.assertEqual(kept["access_token"], first["access_token"])
        self.go_by(2 * HOUR)
        self.works(first, 401)
        renewed = client.acquire_token_silent_with_error([API], account)
        self.assertNotEqual(renewed["access_token"], first["access_token"])
        self.works(renewed)
        self.go_by(91 * DAY)
        over = client.acquire_token_silent_with_error([API], account)
        self.refused(over, "invalid_grant", 700082)
        self.assertEqual(over["suberror"], "bad_token")
        # The library has forgotten it.
        self.assertIsNone(client.acquire_token_silent([API], account))

    def test_codes_expire(self):
        client = desktop()
        flow, answer = self.code_flow(client)
        device = client.initiate_device_flow([API])
        self.go_by(16 * MINUTE)
        self.refused(client.acquire_token_by_auth_code_flow(flow, answer), "invalid_grant", 70008)
        self.refused(client.acquire_token_by_device_flow(device, exit_condition=lambda _: True), "expired_token", 70020)

    def test_assertions_expire(self):
        client = desktop()
        self.sign_in(client)
        (account,) = client.get_accounts()
        called = client.acquire_token_silent_with_error([f"api://{E['APP']}/access"], account)
        self.go_by(2 * HOUR)
        over = confidential(E["SECRET"]).acquire_token_on_behalf_of(called["access_token"], [API])
        self.refused(over, "invalid_grant", 500133)
        # The program's clock is behind: what it signs is over when it comes.
        Ended.ahead -= 2 * HOUR
        over = confidential(certificate(), E["CERT_APP"]).acquire_token_for_client([GRAPH])
        Ended.ahead += 2 * HOUR
        self.refused(over, "invalid_client", 700024 if Ended.ahead < DAY else 1000502)

    def test_secrets_end(self):
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + HOUR))
        short, removed = (administer("POST", f"apps/{E['APP']}/secrets", **life) for life in ({"expires": soon}, {}))
        for secret in (short, removed):
            self.works(confidential(secret["secret"]).acquire_token_for_client([GRAPH]))
        self.go_by(2 * HOUR)
        self.refused(confidential(short["secret"]).acquire_token_for_client([GRAPH]), "invalid_client", 7000222)
        administer("DELETE", f"apps/{E['APP']}/secrets/{removed['id']}")
        self.refused(confidential(removed["secret"]).acquire_token_for_client([GRAPH]), "invalid_client", 7000215)

    def ends(self, end, granted, again):
        """What a user granted ends, however it is redeemed."""
        name, password = self.new_user()
        typed = {"username": name, "password": password}
        client = desktop()
        self.sign_in(client, name, password)
        (account,) = client.get_accounts()
        called = client.acquire_token_silent_with_error([f"api://{E['APP']}/access"], account)
        flow, answer = self.code_flow(client, **typed)
        device = client.initiate_device_flow([API])
        browse(device["verification_uri"], code=device["user_code"], **typed)
        self.go_by(MINUTE)
        end(name)
        renewed = client.acquire_token_silent_with_error([API], account, force_refresh=True)
        self.refused(renewed, "invalid_grant", granted)
        self.refused(client.acquire_token_by_auth_code_flow(flow, answer), "invalid_grant", granted)
        self.refused(client.acquire_token_by_device_flow(device), "invalid_grant", granted)
        self.refused(confidential(E["SECRET"]).acquire_token_on_behalf_of(called["access_token"], [API]), "invalid_grant", granted)
        self.refused(client.acquire_token_by_username_password(name, password, scopes=[API]), "invalid_grant", again)

    def test_password_is_reset(self):
        self.ends(lambda name: administer("POST", f"users/{name}/resetpassword"), 50173, 50126)

    def test_user_is_deleted(self):
        self.ends(lambda name: administer("DELETE", f"users/{name}"), 500341, 50034)

    def test_keys_are_replaced(self):
        client = desktop()
        first = self.sign_in(client)
        (account,) = client.get_accounts()
        administer("POST", "keys/rotate", revoke=True)
        self.works(first, 401)
        self.works(client.acquire_token_silent_with_error([API], account, force_refresh=True))

    def test_relationship_ends(self):
        first = self.sign_in(desktop())

        def at_customer():
            return desktop(E["ENDING"]).acquire_token_by_refresh_token(first["refresh_token"], [GRAPH])

        self.assertIn("access_token", at_customer())
        got = requests.patch(
            f"{E['TENANTRY_HTTP']}/v1/customers/{E['ENDING']}",
            headers={"Authorization": "Bearer " + first["access_token"]},
            json={"relationshipToPartner": "none", "attributes": {"objectType": "Customer"}},
        )
        self.assertEqual(got.status_code, 200, got.text)
        self.refused(at_customer(), "unauthorized_client", 700016)


if __name__ == "__main__":
    unittest.main()
