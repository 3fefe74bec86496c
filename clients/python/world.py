"""What the harness tells of the world, and what all tests share."""

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


class Checks(unittest.TestCase):
    def works(self, answer, status=200):
        self.assertIn("access_token", answer)
        got = requests.get(
            f"{E['TENANTRY_HTTP']}/v1/customers/{E['CUSTOMER']}",
            headers={"Authorization": "Bearer " + answer["access_token"]},
        )
        self.assertEqual(got.status_code, status, got.text)

    def refused(self, answer, error, code):
        self.assertEqual(answer.get("error"), error, answer)
        self.assertIn(code, answer["error_codes"])
