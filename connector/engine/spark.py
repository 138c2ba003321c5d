"""Claims that stand in Spark: a cluster behind Spark Connect (sc://host:port), or a master that is driven from here
(spark://host:port, spark://local[2]).

Errors   NeedsHuman: pyspark is not installed, or Spark refuses the query
Source   pyspark 4; PySpark's own SparkSession, which Ibis 12 would pin to an older one
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callplan.model import Columns
from connector.engine.literals import with_literals
from connector.engine.server import ROWS_AT_ONCE, columns_of, refused
from connector.errors import NeedsHuman


class Spark:
    dialect = "spark"

    def __init__(self, url: str) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise NeedsHuman(
                "pyspark is not installed.", next_step="Install it: pip install 'callplan[spark]'. It needs Java 17."
            ) from error
        builder = SparkSession.builder.appName("callplan")
        local = url.removeprefix("spark://")
        builder = builder.remote(url) if url.startswith("sc://") else builder.master(local if "[" in local else url)
        self._spark = builder.getOrCreate()

    def columns(self, sql: str, told: Mapping[str, Columns]) -> Columns:
        from pyspark.errors import PySparkException

        try:
            found = self._spark.sql(with_literals(told, sql, self.dialect))
            rows: list[Any] = found.collect()
        except PySparkException as error:
            raise refused(str(error).partition("\n")[0]) from error
        batches = (rows[at : at + ROWS_AT_ONCE] for at in range(0, len(rows), ROWS_AT_ONCE))
        return columns_of(found.columns, batches)
