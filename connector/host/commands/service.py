"""callplan serve, web, scheduler, worker: what runs until somebody stops it, whole or in parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from connector.host.commands.options import config_option, log_option

Command = Callable[..., None]
tenants_option = click.option(
    "--tenants",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="FOLDER",
    help="Several organisations: each folder in it with a config.yaml, in place of --config.",
)
grace_option = click.option(
    "--grace",
    type=click.FloatRange(0, 600),
    default=25.0,
    show_default=True,
    help="Seconds that a night under way has to end once this is stopped; then it is left, and handed over.",
)
host_option = click.option("--host", help="Listen at this address; else at the config's `web`.")
port_option = click.option("--port", type=click.IntRange(0, 65535), help="Listen there; else at the config's `web`.")


@click.command()
@config_option
@tenants_option
@log_option
@grace_option
@host_option
@port_option
def serve(**options: Any) -> None:
    """Pages, webhooks, scheduler and worker in one process, by the config's `schedule` and `web`, until stopped."""
    _serve(options, scheduling=True, working=True, web=True)


@click.command()
@config_option
@tenants_option
@log_option
@host_option
@port_option
def web(**options: Any) -> None:
    """Only answer over HTTP: pages and webhooks; any number of these may run."""
    _serve(options, web=True)


@click.command()
@config_option
@tenants_option
@log_option
def scheduler(**options: Any) -> None:
    """Only call the nights that are due; any number of these may run."""
    _serve(options, scheduling=True)


@click.command()
@config_option
@tenants_option
@log_option
@grace_option
def worker(**options: Any) -> None:
    """Only run the nights that are due; any number of these share them."""
    _serve(options, working=True)


def _serve(options: dict[str, Any], **parts: Any) -> None:
    from connector.host.serve import Wanted, serve_until_stopped
    from connector.host.tenants import Tenant, tenants_in

    config, folder = options.pop("config"), options.pop("tenants")
    serve_until_stopped(tenants_in(folder) if folder else [Tenant(config)], Wanted(**parts, **options))
