"""What several commands take."""

from __future__ import annotations

from pathlib import Path

import click

config_option = click.option(
    "--config", "-c", type=click.Path(path_type=Path), default=Path("config.yaml"), show_default=True
)
crm_option = click.option("--crm", help="Only this CRM of the config.")
log_option = click.option("--log", type=click.Choice(["text", "json"]), default="text", show_default=True)
json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")
today_option = click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The first day to plan for, instead of the next."
)
approve_option = click.option("--approve", metavar="HASH", help="Go on where a guard would stop, if this is the plan.")
select_option = click.option(
    "--select", multiple=True, metavar="KEY=VALUE", help="Only this job, territory, account or field; may be repeated."
)
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), help="Only so many records, for a first careful send."
)
