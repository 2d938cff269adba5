"""Databases become hubs, again and again, and those of other versions are told apart."""

import psycopg
import pytest

from flowdesk.fleet.preparing import later_steps, prepare
from flowdesk.fleet.schema import VERSION
from flowdesk.model.errors import HubUnavailable, NotAllowed
from tests.fleet.postgres_rig import Cluster


def test_a_hub_that_is_prepared_again_keeps_what_is_in_it(hub_dsn: str) -> None:
    with psycopg.connect(hub_dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO flowdesk.bundle VALUES ('h', 'n', 'c')")
        prepare(hub_dsn)
        assert connection.execute("SELECT name FROM flowdesk.bundle").fetchall() == [("n",)]


def test_a_hub_of_an_older_flowdesk_is_brought_up_to_date(hub_dsn: str) -> None:
    index = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'flowdesk' AND indexname = 'job_recalled'"
    with psycopg.connect(hub_dsn, autocommit=True) as connection:
        connection.execute("INSERT INTO flowdesk.bundle VALUES ('h', 'n', 'c')")
        connection.execute("DROP INDEX flowdesk.job_recalled")
        connection.execute("UPDATE flowdesk.fact SET value = '1' WHERE name = 'version'")
        prepare(hub_dsn)
        assert connection.execute(index).fetchone() == (1,)
        assert connection.execute("SELECT name FROM flowdesk.bundle").fetchall() == [("n",)]
        version = connection.execute("SELECT value FROM flowdesk.fact WHERE name = 'version'").fetchone()
        assert version == (str(VERSION),)


def test_a_hub_of_a_newer_flowdesk_is_left_alone(hub_dsn: str) -> None:
    with psycopg.connect(hub_dsn, autocommit=True) as connection:
        connection.execute("UPDATE flowdesk.fact SET value = '99' WHERE name = 'version'")
        with pytest.raises(HubUnavailable, match="newer flowdesk"):
            prepare(hub_dsn)
        assert connection.execute("SELECT value FROM flowdesk.fact WHERE name = 'version'").fetchone() == ("99",)


def test_an_account_that_may_not_make_tables_is_told_so(cluster: Cluster, hub_dsn: str) -> None:
    with psycopg.connect(hub_dsn, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS visitor")
        connection.execute("CREATE ROLE visitor LOGIN")
    with pytest.raises(NotAllowed):
        prepare(cluster.dsn("template1").replace("flowdesk@", "visitor@"))


def test_the_queue_is_brought_up_to_date_step_by_step() -> None:
    steps = ["03.04.00_50_b.sql", "03.00.00_01_a.sql", "03.05.00_01_c.sql"]
    assert later_steps(steps, "03.04.00_50_b.sql") == ["03.05.00_01_c.sql"]
    assert later_steps(steps, "02.00.00_01_z.sql") == ["03.00.00_01_a.sql", "03.04.00_50_b.sql", "03.05.00_01_c.sql"]
    assert later_steps(steps, None) == []
