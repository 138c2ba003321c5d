"""Where claims are summed: DuckDB in this process, or the warehouse in which they already are.

    source.py      whom to ask: the claims that were read from files, laid into DuckDB; or a session and views
    embedded.py    DuckDB in this process
    sql.py         the question as text, under the names of our tables
    compiled/      the usual question for each engine, as Ibis writes it, so that a night need not load Ibis
    warehouse.py   claims of a warehouse: who its providers are, and answers about just those
    views.py       a warehouse's tables under our names; literals.py: the rules as tables within the query
    server.py      any database that SQLAlchemy knows; spark.py: Spark, or Spark Connect

The question itself comes from outside: what is relevant is no affair of the connector's.
"""
