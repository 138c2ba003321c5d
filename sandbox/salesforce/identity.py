"""Who the caller is, and the doors that are closed: userinfo, the identity URL, revoke, and SOAP's login.

Source   help, OpenID Connect and identity URLs. SOAP login() is off in new orgs and gone from v65.0 on; the
         words of the fault for the latter are a guess.
"""

from __future__ import annotations

import re

from werkzeug.wrappers import Request

from sandbox.salesforce.calls import HTML, Answer, Org
from sandbox.salesforce.errors import Refused, not_found
from sandbox.salesforce.tokens import Tokens

_LAST_WITH_LOGIN = 64
_FAULT = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com"
><soapenv:Body><soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {words}</faultstring><detail
><sf:ApiFault><sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{words}</sf:exceptionMessage
></sf:ApiFault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>"""


def who(org: Org, tokens: Tokens, request: Request) -> Answer:
    """For /services/oauth2/userinfo and /id/{org}/{user}."""
    try:
        tokens.check(request.headers.get("Authorization", ""))
    except Refused:
        return Answer(403, "Bad_OAuth_Token", HTML)
    asked = re.fullmatch(r"/id/(\w+)/(\w+)", request.path.rstrip("/"))
    if asked and (asked[1][:15] != org.id[:15] or asked[2][:15] != org.records.login[:15]):
        raise not_found()
    return Answer(200, _words(org, request.host_url.rstrip("/")))


def _words(org: Org, host: str) -> dict[str, object]:
    user = org.records.get(org.records.login) or {}
    url = f"{host}/id/{org.id}/{org.records.login}"
    rest = f"{host}/services/data/v{{version}}/"
    return {
        "sub": url,
        "id": url,
        "user_id": org.records.login,
        "organization_id": org.id,
        "username": user.get("Username"),
        "preferred_username": user.get("Username"),
        "nickname": user.get("Username"),
        "name": user.get("Name"),
        "display_name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        "user_type": "STANDARD",
        "active": user.get("IsActive"),
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "urls": {
            "rest": rest,
            "sobjects": f"{rest}sobjects/",
            "query": f"{rest}query/",
            "metadata": f"{host}/services/Soap/m/{{version}}/{org.id[:15]}",
            "profile": f"{host}/{org.records.login}",
            "custom_domain": host,
        },
    }


def revoke(tokens: Tokens, request: Request) -> Answer:
    token = request.values.get("token", "")
    if not tokens.revoke(token):
        return Answer(400, {"error": "unsupported_token_type", "error_description": "this token type is not supported"})
    return Answer(200, "", HTML)


def soap_login(request: Request) -> Answer:
    """Refused, whatever it says."""
    version = re.match(r"/services/Soap/[uc]/(\d+)\.0", request.path)
    if version is None:
        raise not_found()
    if int(version[1]) > _LAST_WITH_LOGIN:
        code, words = "UNSUPPORTED_API_VERSION", f"login() is not available in API version {version[1]}.0"
    else:
        code, words = "INVALID_OPERATION", "SOAP API login() is disabled by default in this org."
    return Answer(500, _FAULT.format(code=code, words=words), {"Content-Type": "text/xml;charset=UTF-8"})
