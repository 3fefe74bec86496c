"""Sign-ins by a person with a browser, by msal for Python."""

import unittest
import urllib.parse

import requests

from world import API, GRAPH, Checks, E, confidential, desktop

REDIRECT = "http://localhost:8400"


def browse(url, **more):
    """Where the person's browser ends, as the parameters of the answer."""
    got = requests.post(E["BROWSER"], data={"url": url, **more})
    got.raise_for_status()
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(got.text).query))


class SignIn(Checks):
    def test_code(self):
        for client in (desktop(), desktop("organizations"), confidential(E["SECRET"])):
            flow = client.initiate_auth_code_flow([API], redirect_uri=REDIRECT)  # with PKCE, state and nonce
            answer = browse(flow["auth_uri"])
            got = client.acquire_token_by_auth_code_flow(flow, answer)
            self.works(got)
            self.assertEqual(got["id_token_claims"]["preferred_username"], E["USER_NAME"])
            (account,) = client.get_accounts()
            self.works(client.acquire_token_silent_with_error([GRAPH], account))
            self.refused(client.acquire_token_by_auth_code_flow(flow, answer), "invalid_grant", 54005)
            again = client.acquire_token_by_refresh_token(got["refresh_token"], [API])
            self.refused(again, "invalid_grant", 50173)

    def test_another_verifier(self):
        client = desktop()
        flow = client.initiate_auth_code_flow([API], redirect_uri=REDIRECT)
        flow["code_verifier"] = "x" * 43
        got = client.acquire_token_by_auth_code_flow(flow, browse(flow["auth_uri"]))
        self.refused(got, "invalid_grant", 501481)

    def test_device(self):
        client = desktop()
        flow = client.initiate_device_flow([API])
        self.assertIn(flow["user_code"], flow["message"])
        browse(flow["verification_uri"], code=flow["user_code"])
        self.works(client.acquire_token_by_device_flow(flow))
        self.refused(client.acquire_token_by_device_flow(flow), "bad_verification_code", 70018)


if __name__ == "__main__":
    unittest.main()
