"""The parts of a service in one process, until somebody stops it: call nights, run them, answer over HTTP.

Each organisation that is served has a scheduler and a worker of its own, each in a thread; the main thread only waits
for the stop. A night that is under way then ends at the next call to its CRM and is handed over; what has not ended
when the grace is over is handed over from outside, and the process ends all the same.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.host import scheduler
from connector.host.log import fault, hear_libraries, make_log, said_with
from connector.host.open import Options, open_base, open_config
from connector.host.stopping import GRACE, LEFT, Stop, StoppingClock, bounded, heard, leave_now
from connector.host.tenants import Tenant, together
from connector.host.web import Serving, Site, make_app, start
from connector.host.web.front import Front
from connector.host.worker import name_of_this_worker, work
from connector.run import Log

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

THREADS = 4  # that answer requests, for each organisation
PAUSE = 30.0  # seconds, after a fault of a worker itself: a store that is away comes back
BEAT = 30  # seconds
SILENT = timedelta(minutes=3)  # after which a part is taken for dead; a worker in a night is heard each minute


@dataclass(frozen=True)
class Wanted:
    """Which parts, and where they are reached."""

    scheduling: bool = False
    working: bool = False
    web: bool = False
    host: str | None = None  # else as the config says
    port: int | None = None
    log: str = "text"
    grace: float = GRACE


@dataclass
class Service:
    """One organisation's part of the process."""

    tenant: Tenant
    site: Site
    running: BackgroundScheduler | None = None
    worker: threading.Thread | None = None

    @property
    def works(self) -> bool:
        return self.worker is not None and self.worker.is_alive()

    def hand_over(self) -> None:
        """From outside: whoever computes there does not look."""
        try:
            nights = self.site.database.nights.release(name_of_this_worker(), self.site.clock.now(), LEFT)
            self.site.log("handed over", nights=nights)
        except Exception as error:  # the store is away, too: the lease runs out
            fault(self.site.log, error)


def serve_until_stopped(tenants: Sequence[Tenant], wanted: Wanted) -> None:
    stop = Stop()
    hear_libraries(wanted.log)
    with heard(stop, signal.SIGTERM, signal.SIGINT):
        serve(tenants, wanted, stop)


def serve(tenants: Sequence[Tenant], wanted: Wanted, stop: Stop, leave: Callable[[int], None] = leave_now) -> None:
    log = make_log(wanted.log)
    services, broken = _opened(tenants, wanted, stop, log)
    together([service.site.config for service in services])
    web = _front(services, broken, wanted) if wanted.web else None
    for service in services:
        _begin(service, wanted, stop)
    log(
        "serving",
        scheduler=wanted.scheduling,
        worker=wanted.working,
        **({"port": web.port, "pages": web.pages} if web else {}),
    )
    stop.wait_for()
    log("stopping", grace=wanted.grace)
    end(services, web, stop, wanted.grace, leave)
    log("stopped")


def _opened(tenants: Sequence[Tenant], wanted: Wanted, stop: Stop, log: Log) -> tuple[list[Service], set[str]]:
    """Whose config does not open keeps only its own from being served; alone, it keeps the process from starting."""
    services, broken = [], set[str]()
    for tenant in tenants:
        try:
            services.append(Service(tenant, _site(tenant, wanted, stop)))
        except ConnectorError as error:
            if not tenant.name:
                raise
            broken.add(tenant.name)
            log("not_served", tenant=tenant.name, why=str(error))
        except Exception as error:  # a fault of ours, at something in this config
            if not tenant.name:
                raise
            broken.add(tenant.name)
            fault(log, error, tenant=tenant.name)
    return services, broken


def _site(tenant: Tenant, wanted: Wanted, stop: Stop) -> Site:
    """On its own store, with a log in which each line says whose it is."""
    config, whose = open_config(tenant.config), {"tenant": tenant.name} if tenant.name else {}
    log = make_log(wanted.log, **whose)
    return Site(tenant.listening(config, wanted.host, wanted.port), open_base(config), StoppingClock(stop), log)


def _front(services: Sequence[Service], broken: set[str], wanted: Wanted) -> Serving:
    """One server for all."""
    if [service.tenant.name for service in services] == [""]:
        site = services[0].site
        return start(make_app(site), site.settings.host, site.settings.port)
    front = Front({service.tenant.name: service.site for service in services}, broken)
    settings = next((service.site.settings for service in services), None)
    host, port = (settings.host, settings.port) if settings else (wanted.host or "127.0.0.1", wanted.port or 0)
    return start(front, host, port, threads=min(32, THREADS * max(1, len(services))))


def _begin(service: Service, wanted: Wanted, stop: Stop) -> None:
    site, name = service.site, service.tenant.name
    if wanted.scheduling:
        service.running = scheduler.start(site.config, site.database.nights, site.clock, site.log)
        site.pulse.expect("scheduler", site.clock.now(), within=SILENT)
        service.running.add_job(lambda: site.pulse.beat("scheduler", site.clock.now()), "interval", seconds=BEAT)
    if wanted.working:
        site.pulse.expect("worker", site.clock.now(), within=SILENT, lives=lambda: service.works)
        options = Options(service.tenant.config, wanted.log, stop=stop)
        called = f"worker {name}".strip()
        service.worker = threading.Thread(target=partial(_work, service, options), name=called, daemon=True)
        service.worker.start()


def _work(service: Service, options: Options) -> None:
    """A worker outlives what befalls its store; a night's own troubles never come this far."""
    site = service.site

    def beat() -> None:
        site.pulse.beat("worker", site.clock.now())

    with said_with(**({"tenant": service.tenant.name} if service.tenant.name else {})):
        while not options.stop.is_set():
            try:
                work(options, site.database.nights, site.clock, site.log, beat=beat)
            except ConnectorError as error:
                site.log("not_working", why=error.what)
                options.stop.wait(PAUSE)
            except Exception as error:  # the edge of the worker: it tells what befell it, and goes on
                fault(site.log, error)
                options.stop.wait(PAUSE)


def end(
    services: Sequence[Service], web: Serving | None, stop: Stop, grace: float, leave: Callable[[int], None]
) -> None:
    for service in services:
        if service.running:
            service.running.shutdown(wait=False)
    if web:
        web.stop()
    for service in services:
        if service.worker:
            service.worker.join(stop.seconds_left(grace))
    left = [service for service in services if service.works]
    bounded([service.hand_over for service in left])
    if left:
        leave(0)
