"""msal for Python, told where the server is and nothing else."""

import base64
import json
import os
import unittest
import urllib.parse

import msal
import requests
from requests.adapters import HTTPAdapter

E = os.environ
ORIGIN, TENANT = E["TENANTRY_ORIGIN"], E["TENANT"]
API = "https://api.partnercenter.microsoft.com/user_impersonation"
GRAPH = "https://graph.windows.net/.default"


class OwnPort(HTTPAdapter):
    """Sends what is meant for https://localhost, without a port, to the server's: msal drops the port of user realms."""

    def send(self, request, *args, **kwargs):
        url = urllib.parse.urlsplit(request.url)
        request.url = urllib.parse.urlunsplit(url._replace(netloc=urllib.parse.urlsplit(ORIGIN).netloc))
        return super().send(request, *args, **kwargs)


def session():
    http = requests.Session()
    http.verify = E["CA"]
    http.mount("https://localhost/", OwnPort())
    return http


def options(tenant=TENANT):
    return {"authority": f"{ORIGIN}/{tenant}", "instance_discovery": False, "http_client": session()}


def confidential(credential, app=E["APP"]):
    return msal.ConfidentialClientApplication(app, client_credential=credential, **options())


def desktop(tenant=TENANT):
    return msal.PublicClientApplication(E["PUBLIC_APP"], **options(tenant))


def certificate(key="KEY"):
    with open(E[key]) as private, open(E["CERT"]) as public:
        return {"private_key": private.read(), "public_certificate": public.read()}


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class MSAL(unittest.TestCase):
    def works(self, answer):
        self.assertIn("access_token", answer)
        got = requests.get(
            f"{E['TENANTRY_HTTP']}/v1/customers/{E['CUSTOMER']}",
            headers={"Authorization": "Bearer " + answer["access_token"]},
        )
        self.assertEqual(got.status_code, 200, got.text)

    def refused(self, answer, error, code):
        self.assertEqual(answer.get("error"), error, answer)
        self.assertIn(code, answer["error_codes"])

    def sign_in(self, client, password=E["USER_PASSWORD"]):
        return client.acquire_token_by_username_password(E["USER_NAME"], password, scopes=[API])

    def test_secret(self):
        self.works(confidential(E["SECRET"]).acquire_token_for_client([GRAPH]))
        self.refused(confidential("wrong").acquire_token_for_client([GRAPH]), "invalid_client", 7000215)

    def test_certificate(self):
        self.works(confidential(certificate(), E["CERT_APP"]).acquire_token_for_client([GRAPH]))
        # Before PS256: a thumbprint by SHA-1.
        with open(E["KEY"]) as key:
            old = {"private_key": key.read(), "thumbprint": E["THUMBPRINT"]}
        self.works(confidential(old, E["CERT_APP"]).acquire_token_for_client([GRAPH]))
        wrong = confidential(certificate("WRONG_KEY"), E["CERT_APP"])
        self.refused(wrong.acquire_token_for_client([GRAPH]), "invalid_client", 700027)
        self.refused(confidential(certificate()).acquire_token_for_client([GRAPH]), "invalid_client", 700027)

    def test_password(self):
        for tenant in (TENANT, E["DOMAIN"], "organizations"):
            client = desktop(tenant)
            answer = self.sign_in(client)
            self.works(answer)
            self.assertEqual(answer["id_token_claims"]["preferred_username"], E["USER_NAME"])
            self.assertEqual(len(client.get_accounts()), 1)
        self.refused(self.sign_in(desktop(), "wrong"), "invalid_grant", 50126)

    def test_refresh(self):
        client = desktop()
        first = self.sign_in(client)
        (account,) = client.get_accounts()
        graph = client.acquire_token_silent_with_error([GRAPH], account)
        self.assertEqual(claims(graph["access_token"])["aud"], "https://graph.windows.net")
        self.works(client.acquire_token_silent_with_error([API], account, force_refresh=True))
        self.works(desktop().acquire_token_by_refresh_token(first["refresh_token"], [API]))
        self.refused(desktop().acquire_token_by_refresh_token("1.x", [API]), "invalid_grant", 70000)
        stranger = confidential(E["SECRET"]).acquire_token_by_refresh_token(first["refresh_token"], [API])
        self.refused(stranger, "invalid_grant", 70000)

    def test_delegated_admin(self):
        first = self.sign_in(desktop())

        def at(tenant):
            return desktop(tenant).acquire_token_by_refresh_token(first["refresh_token"], [GRAPH])

        self.assertEqual(claims(at(E["CUSTOMER"])["access_token"])["tid"], E["CUSTOMER"])
        self.assertEqual(claims(at(E["ENDING"])["access_token"])["tid"], E["ENDING"])
        ended = requests.patch(
            f"{E['TENANTRY_HTTP']}/v1/customers/{E['ENDING']}",
            headers={"Authorization": "Bearer " + first["access_token"]},
            json={"allowDelegatedAccess": False, "attributes": {"objectType": "Customer"}},
        )
        self.assertEqual(ended.status_code, 200, ended.text)
        self.refused(at(E["ENDING"]), "invalid_grant", 50020)
        self.refused(at("22222222-2222-4222-8222-222222222222"), "unauthorized_client", 700016)

    def test_on_behalf_of(self):
        client = desktop()
        first = self.sign_in(client)
        (account,) = client.get_accounts()
        called = client.acquire_token_silent_with_error([f"api://{E['APP']}/access"], account)
        middle = confidential(E["SECRET"])
        self.works(middle.acquire_token_on_behalf_of(called["access_token"], [API]))
        self.refused(middle.acquire_token_on_behalf_of(first["access_token"], [API]), "invalid_grant", 50013)


if __name__ == "__main__":
    unittest.main()
