"""Two organisations in one service share nothing: no row, call, login, secret, line of the log or wait."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from sqlalchemy import Table, func, select

from connector.errors import NeedsHuman
from connector.host.open import open_config
from connector.host.playground import claims_files, write_folder, write_providers
from connector.host.serve import Wanted, serve
from connector.host.stopping import Stop
from connector.host.tenants import tenants_in, together
from connector.store import Database, open_database
from connector.store.tables import accounts, meters, sessions
from sandbox.people import populate
from sandbox.salesforce import Salesforce
from sandbox.sample import write_sample
from sandbox.server import listen
from sandbox.wire import Fault, Wire

BOTH = {"acme": 12, "beta-west": 15}  # and how many accounts each has


@dataclass
class Org:
    """One organisation: its folder, its CRM over HTTP, its store."""

    folder: Path
    wire: Wire
    database: Database

    def rows(self, table: Table) -> int:
        with self.database.begin() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def calls(self) -> tuple[int, int]:
        """Counted in its store, and made to its CRM; logins cost none of the quota."""
        with self.database.begin() as connection:
            counted = connection.execute(select(func.sum(meters.c.calls))).scalar_one()
        return counted, sum("/oauth2/" not in call.path for call in self.wire.calls)

    def is_done(self) -> bool:
        return self.database.nights.last("salesforce", 1)[0].state == "done"


@contextmanager
def org(folder: Path, size: int) -> Iterator[Org]:
    write_sample(folder / "claims", accounts=size)
    files = claims_files(folder / "claims", folder)
    write_providers(files, folder)
    today = datetime.now(UTC).date()
    wire = Wire(Salesforce(populate(folder / "providers.csv", reps=2, today=today, label="sample data")))
    listening = listen(wire)
    reach = {"url": listening.url, "client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    write_folder(folder, files, {"salesforce": reach, "hubspot": {"url": "http://127.0.0.1:9", "token": "none"}})
    yaml = YAML()
    config = yaml.load(folder / "config.yaml")
    del config["crm"]["hubspot"]
    yaml.dump(config | {"schedule": {}}, folder / "config.yaml")
    database = open_database(f"sqlite:///{folder / 'callplan.db'}")
    database.nights.call("salesforce", "nightly", datetime.now(UTC))
    yield Org(folder, wire, database)
    listening.close()
    database.engine.dispose()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def get(port: int, path: str, cookie: str = "") -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()


def test_two_organisations_are_served_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with org(tmp_path / "acme", BOTH["acme"]) as acme, org(tmp_path / "beta-west", BOTH["beta-west"]) as beta:
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "config.yaml").write_text("crm: {}\nsecret_plan: 1\n")
        stop, held, go, lines = Stop(), threading.Event(), threading.Event(), list[dict[str, Any]]()

        def hold() -> None:
            held.set()
            go.wait(60)

        def port() -> int:
            lines.extend(map(json.loads, capsys.readouterr().err.splitlines()))
            return next((line["port"] for line in lines if line["event"] == "serving"), 0)

        acme.wire.faults.append(Fault("/composite", method="PATCH", before=hold))
        wanted = Wanted(scheduling=True, working=True, web=True, port=0, log="json")
        service = threading.Thread(target=serve, args=(tenants_in(tmp_path), wanted, stop))
        service.start()
        try:
            until(held.is_set)
            until(beta.is_done)  # while acme's CRM does not answer
            assert not acme.is_done()
            until(lambda: bool(port()))
            first, there, nobody = get(port(), "/acme/"), get(port(), "/"), get(port(), "/gamma/")
            key = first[1]["Set-Cookie"].split(";")[0]
            assert (acme.rows(sessions), beta.rows(sessions)) == (1, 0)
            second = get(port(), "/beta-west/", cookie=key)
            shut, health = get(port(), "/broken/"), [get(port(), path)[0] for path in ("/healthz", "/readyz")]
        finally:
            go.set()
            until(acme.is_done)
            stop.set()
            service.join()

        lines.extend(map(json.loads, capsys.readouterr().err.splitlines()))
        assert (first[0], first[1]["Location"]) == (302, "/acme/salesforce/cold")
        assert second[1]["Set-Cookie"].split(";")[0] != key  # acme's login opens nothing here
        assert (there[0], there[2]) == (nobody[0], nobody[2]) == (404, "There is nothing here.\n")
        assert (shut[0], "secret_plan" in shut[2]) == (503, False)
        assert health == [200, 200]  # or the others would be restarted for it without end
        for name, site in (("acme", acme), ("beta-west", beta)):
            assert site.rows(accounts) == BOTH[name]
            assert site.calls()[0] == site.calls()[1] > 5
            assert {line["tenant"] for line in lines if str(site.folder) in json.dumps(line)} <= {name}
        told = [line for line in lines if line["event"] not in ("serving", "stopping", "stopped")]
        assert {line["tenant"] for line in told} == {"acme", "beta-west", "broken"}
        assert all("run" in line for line in told if line["event"] in ("pulled", "pushed"))


CRM = "crm: {salesforce: {mapping: m.yaml, base_url: URL, client_id: c, client_secret: '${FILE:secret}'}}\n"
LEAST = "ready_made: {path: tiers.csv, columns: {npi: NPI, tier: Tier}}\n"


def written(folder: Path, url: str, more: str = "", secret: str = "s") -> Path:
    folder.mkdir()
    (folder / "secret").write_text(secret)
    (folder / "config.yaml").write_text(CRM.replace("URL", url) + LEAST + more)
    return folder / "config.yaml"


ONE, OTHER = "https://one.my.salesforce.com", "https://other.my.salesforce.com"


@pytest.mark.parametrize(
    ("more", "of_the_other", "url", "shared"),
    [
        ("store: sqlite:///x/shared.db\n", "store: sqlite:////T/one/x/shared.db\n", OTHER, "store"),
        (
            "store: postgresql+psycopg://a@localhost/plans\n",
            "store: postgresql+psycopg://b@127.0.0.1:5432/plans\n",
            OTHER,
            "store",
        ),
        ("store: postgresql+psycopg://a@db/a\n", "store: postgresql+psycopg://a@?host=db&port=5432\n", OTHER, "store"),
        ("audit: ../log.jsonl\n", "audit: ../log.jsonl\n", OTHER, "audit log"),
        ("", "", f"{ONE}/", "salesforce org"),
        (
            "web: {public_url: https://a.example.com}\n",
            "web: {public_url: https://A.example.com/}\n",
            OTHER,
            "public address",
        ),
        (
            "web: {public_url: https://a.example.com}\n",
            "web: {public_url: https://A.example.com/other}\n",
            OTHER,
            "public address, host a.example.com, with a path",
        ),
    ],
)
def test_two_that_would_share_something_are_not_started(
    more: str, of_the_other: str, url: str, shared: str, tmp_path: Path
) -> None:
    one = written(tmp_path / "one", ONE, more)
    other = written(tmp_path / "other", url, of_the_other.replace("/T", str(tmp_path)))

    with pytest.raises(NeedsHuman, match=f"has the same {shared}"):
        together([open_config(one), open_config(other)])


def test_two_logins_with_one_secret_are_told_without_the_secret(tmp_path: Path) -> None:
    token = "crm: {hubspot: {mapping: m.yaml, token: '${FILE:secret}'}}\n"
    configs = []
    for name in ("one", "other"):
        path = written(tmp_path / name, ONE, secret="pat-canary")
        path.write_text(token + LEAST)
        configs.append(open_config(path))

    with pytest.raises(NeedsHuman, match="the same hubspot token") as told:
        together(configs)
    assert "canary" not in str(told.value)


def test_two_that_share_nothing_are_started(tmp_path: Path) -> None:
    together([open_config(written(tmp_path / "one", ONE)), open_config(written(tmp_path / "other", OTHER))])


@pytest.mark.parametrize("name", ["Acme", "acme--west", "acme_west", "static", "healthz", "-acme", "a" * 41])
def test_a_folder_whose_name_is_none_is_refused(name: str, tmp_path: Path) -> None:
    written(tmp_path / name, ONE)

    with pytest.raises(NeedsHuman, match="cannot be an organisation's name"):
        tenants_in(tmp_path)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("${ENV:OTHER__SECRET}", "begin with ONE__"),
        ("${ENV:ONE_WEST__SECRET}", "begin with ONE__"),
        ("${FILE:../other/secret}", "outside this organisation's folder"),
        ("${FILE:/etc/hostname}", "outside this organisation's folder"),
    ],
)
def test_who_edits_one_config_reads_no_secret_of_another(
    reference: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "one", ONE)
    monkeypatch.setenv("OTHER__SECRET", "x")
    monkeypatch.setenv("ONE_WEST__SECRET", "x")
    path.write_text(path.read_text().replace("${FILE:secret}", reference))
    tenants_in(tmp_path)

    with pytest.raises(NeedsHuman, match=said):
        open_config(path)


@pytest.mark.parametrize("more", ["audit: ../other/log.jsonl\n", "week: {leave: /srv/other/leave.csv}\n"])
def test_who_edits_one_config_names_no_file_of_another(more: str, tmp_path: Path) -> None:
    path = written(tmp_path / "one", ONE, more)
    tenants_in(tmp_path)

    with pytest.raises(NeedsHuman, match="outside this organisation's folder"):
        open_config(path)


def test_its_own_variables_and_files_serve_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "one", ONE)
    monkeypatch.setenv("ONE__ID", "mine")
    path.write_text(path.read_text().replace("client_id: c", "client_id: '${ENV:ONE__ID}'"))
    tenants_in(tmp_path)

    assert open_config(path).value.connection("salesforce").client_id == "mine"  # type: ignore[attr-defined]
