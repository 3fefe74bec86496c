"""msal for Python, told where the server is and nothing else."""

import unittest

import requests

from world import API, GRAPH, TENANT, Checks, E, certificate, claims, confidential, desktop


class MSAL(Checks):
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
