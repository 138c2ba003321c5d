"""A config cannot be made a probe of the inside network: a CRM is at its vendor's hosts, or a sandbox is here."""

from __future__ import annotations

import pytest

import adapters.hubspot.session
import adapters.salesforce.session
from connector.errors import NeedsHuman

SALESFORCE = (
    "https://yourcompany.my.salesforce.com",
    "https://yourcompany.my.salesforce.com/",
    "https://yourcompany--full.sandbox.my.salesforce.com",
    "https://yourcompany.develop.my.salesforce.com",
    "https://yourcompany.my.salesforce.mil",
)
HUBSPOT = ("https://api.hubapi.com", "https://api-eu1.hubapi.com")
HERE = ("http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080")
ELSEWHERE = (
    "http://169.254.169.254",  # what clouds tell their machines
    "http://10.0.0.8",
    "http://192.168.0.1:8080",
    "http://intranet",
    "https://127.0.0.1",
    "http://127.0.0.1.example.com",
    "http://0.0.0.0:8080",
    "http://2130706433",  # 127.0.0.1, as a number
    "http://127.1",
    "http://[::ffff:127.0.0.1]",
    "http://localhost@example.com",
    "https://api.hubapi.com@example.com",
    "https://yourcompany.my.salesforce.com@example.com",
    "https://yourcompany.my.salesforce.com.example.com",
    "https://yourcompanymy.salesforce.com.example.com",
    "https://my.salesforce.com",
    "https://salesforce.com",
    "https://yourcompany.my.salesforce.com:8443",
    "https://yourcompany.my.salesforce.com/services/oauth2/revoke",
    "https://yourcompany.my.salesforce.com\\@example.com",
    "https://api.hubapi.com.example.com",
    "https://api.hubapi.com:8443",
    "https://api.hubapi.com/oauth",
    "https://apihubapi.com",
    "https://hubapi.com",
    "http://api.hubapi.com",
    "http://yourcompany.my.salesforce.com",
    "ftp://api.hubapi.com",
    "file:///etc/passwd",
    "//api.hubapi.com",
    "api.hubapi.com",
    "javascript:alert(1)",
    "",
)


@pytest.mark.parametrize("url", [*SALESFORCE, *HERE])
def test_salesforce_is_at_its_my_domain_or_here(url: str) -> None:
    assert adapters.salesforce.session.checked(url) == url


@pytest.mark.parametrize("url", [*HUBSPOT, *HERE])
def test_hubspot_is_at_its_api_or_here(url: str) -> None:
    assert adapters.hubspot.session.checked(url) == url


@pytest.mark.parametrize("url", [*ELSEWHERE, *HUBSPOT])
def test_a_token_of_salesforce_is_sent_nowhere_else(url: str) -> None:
    with pytest.raises(NeedsHuman, match="Salesforce My Domain"):
        adapters.salesforce.session.checked(url)


@pytest.mark.parametrize("url", [*ELSEWHERE, *SALESFORCE])
def test_a_token_of_hubspot_is_sent_nowhere_else(url: str) -> None:
    with pytest.raises(NeedsHuman, match="HubSpot"):
        adapters.hubspot.session.checked(url)
