"""The hub's tables. The queue itself is Procrastinate's: a job here names its job there.

::

    bundle --< job >-- robot          route: which queue of Procrastinate holds jobs of which pool, labels and flow
                |--< file             fact: the version of these tables, and of Procrastinate's
"""

VERSION = 2
"""Of the tables; ``STEPS`` has one entry for each."""

STEPS: tuple[str, ...] = (
    """
CREATE TABLE flowdesk.bundle (
    hash text PRIMARY KEY, name text NOT NULL, content bytea NOT NULL, created timestamptz NOT NULL DEFAULT now());
ALTER TABLE flowdesk.bundle ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE TABLE flowdesk.robot (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, owner text NOT NULL, pool text NOT NULL,
    labels jsonb NOT NULL, version text NOT NULL, desktops int NOT NULL, allows text[], worker bigint NOT NULL,
    joined timestamptz NOT NULL DEFAULT now(), seen timestamptz NOT NULL DEFAULT now(), state text NOT NULL DEFAULT 'here');
CREATE TABLE flowdesk.route (
    name text PRIMARY KEY, pool text NOT NULL, labels jsonb NOT NULL, bundle text NOT NULL REFERENCES flowdesk.bundle);
CREATE TABLE flowdesk.job (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch text NOT NULL, number int NOT NULL, flow text NOT NULL, bundle text NOT NULL REFERENCES flowdesk.bundle,
    pool text NOT NULL, labels jsonb NOT NULL, route text NOT NULL REFERENCES flowdesk.route, priority int NOT NULL,
    deadline timestamptz, variables jsonb NOT NULL, row jsonb, key text NOT NULL DEFAULT '', guard text,
    desktop text NOT NULL DEFAULT '', repeatable boolean NOT NULL, attempt int NOT NULL DEFAULT 1,
    retry_of bigint REFERENCES flowdesk.job, submitted_by text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'expired', 'lost')),
    queued bigint, robot bigint REFERENCES flowdesk.robot, token text, cancel text,
    submitted timestamptz NOT NULL DEFAULT now(), started timestamptz, ended timestamptz,
    kind text NOT NULL DEFAULT '', message text NOT NULL DEFAULT '', code text NOT NULL DEFAULT '',
    fix text NOT NULL DEFAULT '', node text NOT NULL DEFAULT '', result jsonb, acted boolean);
CREATE UNIQUE INDEX job_guard ON flowdesk.job (guard);
CREATE INDEX job_state ON flowdesk.job (state, id);
CREATE INDEX job_waiting ON flowdesk.job (route) WHERE state = 'waiting';
CREATE INDEX job_deadline ON flowdesk.job (deadline) WHERE state = 'waiting' AND deadline IS NOT NULL;
CREATE INDEX job_running ON flowdesk.job (robot) WHERE state = 'running';
CREATE INDEX job_batch ON flowdesk.job (batch, id);
CREATE INDEX job_pool ON flowdesk.job (pool, id);
CREATE INDEX job_retry ON flowdesk.job (retry_of) WHERE retry_of IS NOT NULL;
CREATE TABLE flowdesk.file (
    job bigint NOT NULL REFERENCES flowdesk.job ON DELETE CASCADE, name text NOT NULL, content bytea NOT NULL,
    gathered timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (job, name));
CREATE INDEX file_gathered ON flowdesk.file (gathered);
""",
    """
CREATE INDEX job_recalled ON flowdesk.job (robot) WHERE state = 'cancelled' AND cancel IS NOT NULL;
""",
)
"""What makes the tables of each version from those of the version before."""
