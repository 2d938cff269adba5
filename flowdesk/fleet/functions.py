"""The hub's functions: all that a robot may do, and what people do. Made anew each time the hub is prepared.

Each runs with the rights of the hub's owner and looks at who asks (``session_user``): a robot's role may call the first group
and has no right to any table, so it can take jobs and report those that it took, and nothing else.

Whoever locks both locks Procrastinate's job before the hub's (``own_job``, ``cancel``, ``sweep``), as taking one does: nobody
waits for somebody who waits for him.
"""

FOR_ROBOTS = ("join", "take", "give_back", "report", "gather", "bundle_of", "beat", "leave")
"""What the role of a robot may call."""

_HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = flowdesk, procrastinate, pg_temp"

ROBOTS = f"""
CREATE OR REPLACE FUNCTION flowdesk.own_robot(p_robot bigint) RETURNS flowdesk.robot {_HEAD} AS $$
DECLARE me flowdesk.robot;
BEGIN
    SELECT * INTO me FROM robot WHERE id = p_robot AND owner = session_user;
    IF NOT FOUND THEN RAISE insufficient_privilege USING MESSAGE = 'this robot is not yours'; END IF;
    RETURN me;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.join(p_name text, p_pool text, p_labels jsonb, p_version text, p_desktops int, p_allows text[])
RETURNS bigint {_HEAD} AS $$
DECLARE made bigint; worker bigint; own_name text := left(p_name, 190); place int := 1;
BEGIN
    SELECT w.worker_id INTO worker FROM procrastinate_register_worker_v1() w;
    -- People tell robots apart by their names: where one of this name is here, this is its second.
    PERFORM pg_advisory_xact_lock(70160821);
    WHILE EXISTS (SELECT FROM robot WHERE name = own_name AND state <> 'gone' AND seen > now() - interval '30 seconds') LOOP
        place := place + 1;
        own_name := left(p_name, 190) || ' ' || place;
    END LOOP;
    INSERT INTO robot (name, owner, pool, labels, version, desktops, allows, worker)
        VALUES (own_name, session_user, p_pool, p_labels, p_version, p_desktops, p_allows, worker) RETURNING id INTO made;
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.take(p_robot bigint) RETURNS SETOF flowdesk.job {_HEAD} AS $$
DECLARE me flowdesk.robot := own_robot(p_robot); routes text[]; queued_job procrastinate_jobs; taken flowdesk.job;
BEGIN
    IF me.state <> 'here' THEN RETURN; END IF;
    SELECT array_agg(r.name) INTO routes FROM route r
        WHERE r.pool = me.pool AND r.labels <@ me.labels AND (me.allows IS NULL OR r.bundle = ANY (me.allows))
        AND EXISTS (SELECT FROM job j WHERE j.route = r.name AND j.state = 'waiting');
    IF routes IS NULL THEN RETURN; END IF;
    LOOP
        queued_job := procrastinate_fetch_job_v2(routes, me.worker);
        EXIT WHEN queued_job.id IS NULL;
        -- By its id alone: whatever the statistics say, no other index is taken.
        SELECT * INTO taken FROM job WHERE id = (queued_job.args->>'job')::bigint FOR UPDATE;
        IF FOUND AND taken.queued = queued_job.id AND taken.state = 'waiting' AND (taken.deadline > now()) IS NOT FALSE THEN
            UPDATE job SET state = 'running', robot = me.id, token = gen_random_uuid()::text, started = now()
                WHERE id = taken.id RETURNING * INTO taken;
            RETURN NEXT taken;
            EXIT;
        END IF;
        PERFORM procrastinate_finish_job_v1(queued_job.id, 'failed', true);
        IF taken.queued = queued_job.id AND taken.state = 'waiting' THEN PERFORM expire(taken.id); END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.give_back(p_robot bigint, p_known text[]) RETURNS int {_HEAD} AS $$
DECLARE me flowdesk.robot := own_robot(p_robot); given int := 0; one flowdesk.job;
BEGIN
    FOR one IN SELECT * FROM job WHERE robot = me.id AND state = 'running' AND NOT token = ANY (p_known) FOR UPDATE LOOP
        UPDATE job SET state = 'waiting', robot = NULL, token = NULL, started = NULL WHERE id = one.id;
        PERFORM procrastinate_retry_job_v2(one.queued, NULL, NULL, NULL, NULL);
        given := given + 1;
    END LOOP;
    RETURN given;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.own_job(p_job bigint, p_token text) RETURNS flowdesk.job {_HEAD} AS $$
DECLARE found_job flowdesk.job;
BEGIN
    PERFORM 1 FROM procrastinate_jobs q JOIN job j ON j.queued = q.id WHERE j.id = p_job FOR UPDATE OF q;
    SELECT j.* INTO found_job FROM job j JOIN robot r ON r.id = j.robot
        WHERE j.id = p_job AND j.token = p_token AND r.owner = session_user FOR UPDATE OF j;
    IF NOT FOUND THEN RAISE insufficient_privilege USING MESSAGE = 'this job is not yours'; END IF;
    RETURN found_job;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.report(p_job bigint, p_token text, p jsonb, p_most int) RETURNS text {_HEAD} AS $$
DECLARE one flowdesk.job := own_job(p_job, p_token);
BEGIN
    IF one.state NOT IN ('running', 'lost') THEN
        UPDATE job SET cancel = NULL WHERE id = one.id;  -- its robot has heard of it
        RETURN one.state;
    END IF;
    IF p->>'state' NOT IN ('succeeded', 'failed', 'cancelled') THEN RAISE check_violation; END IF;
    PERFORM unqueue(one.queued);
    UPDATE job SET state = p->>'state', kind = p->>'kind', message = p->>'message', code = p->>'code', fix = p->>'fix',
        node = p->>'node', result = p->'result', acted = (p->>'acted')::boolean, ended = now(), cancel = NULL,
        guard = CASE WHEN p->>'state' = 'succeeded' THEN guard END
        WHERE id = one.id;
    IF one.state = 'running' AND (p->>'again')::boolean AND p->>'state' = 'failed' AND one.attempt < p_most
        AND one.cancel IS NULL AND NOT EXISTS (SELECT FROM job WHERE retry_of = one.id) THEN
        PERFORM again(one.id, one.attempt + 1, now() + one.attempt * interval '3 seconds', one.guard);
    END IF;
    RETURN p->>'state';
END $$;

CREATE OR REPLACE FUNCTION flowdesk.gather(p_job bigint, p_token text, p_name text, p_content bytea) RETURNS void {_HEAD} AS $$
DECLARE one flowdesk.job := own_job(p_job, p_token);
BEGIN
    INSERT INTO file (job, name, content) VALUES (one.id, left(p_name, 300), p_content) ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.bundle_of(p_job bigint, p_token text) RETURNS bytea {_HEAD} AS $$
DECLARE one flowdesk.job := own_job(p_job, p_token); packed bytea;
BEGIN
    SELECT content INTO packed FROM bundle WHERE hash = one.bundle;
    RETURN packed;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.beat(p_robot bigint, p_state text) RETURNS TABLE (job bigint, reason text) {_HEAD} AS $$
DECLARE me flowdesk.robot := own_robot(p_robot);
BEGIN
    IF me.seen < now() - interval '4 seconds' OR me.state <> p_state THEN
        UPDATE robot SET seen = now(), state = p_state WHERE id = me.id;
        PERFORM procrastinate_update_heartbeat_v1(me.worker);
        PERFORM sweep();
    END IF;
    -- Two parts, each by its index: also what was cancelled while this robot could not be reached, and may still run here.
    RETURN QUERY SELECT j.id, j.cancel FROM job j WHERE j.robot = me.id AND j.state = 'running' AND j.cancel IS NOT NULL
        UNION ALL SELECT j.id, j.cancel FROM job j WHERE j.robot = me.id AND j.state = 'cancelled' AND j.cancel IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.leave(p_robot bigint) RETURNS void {_HEAD} AS $$
DECLARE me flowdesk.robot := own_robot(p_robot);
BEGIN
    UPDATE robot SET state = 'gone' WHERE id = me.id;
END $$;
"""

WITHIN = f"""
CREATE OR REPLACE FUNCTION flowdesk.channel(p_pool text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT 'flowdesk_pool_' || md5(p_pool) $$;

CREATE OR REPLACE FUNCTION flowdesk.up_since() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_postmaster_start_time() $$;

CREATE OR REPLACE FUNCTION flowdesk.unqueue(p_queued bigint) RETURNS void {_HEAD} AS $$
BEGIN
    IF EXISTS (SELECT FROM procrastinate_jobs WHERE id = p_queued AND status IN ('todo', 'doing') FOR UPDATE) THEN
        PERFORM procrastinate_finish_job_v1(p_queued, 'failed', true);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.expire(p_job bigint) RETURNS void {_HEAD} AS $$
BEGIN
    UPDATE job SET state = 'expired', ended = now(), guard = NULL, code = 'fleet.expired' WHERE id = p_job;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.enqueue(p_jobs bigint[], p_at timestamptz) RETURNS void {_HEAD} AS $$
DECLARE ids bigint[];
BEGIN
    ids := procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW(route, 'flowdesk.job', priority, NULL, NULL, jsonb_build_object('job', id), p_at)::procrastinate_job_to_defer_v1
        FROM job WHERE id = ANY (p_jobs) ORDER BY id));
    UPDATE job SET queued = q.id FROM procrastinate_jobs q WHERE q.id = ANY (ids) AND job.id = (q.args->>'job')::bigint;
    PERFORM pg_notify(channel(pool), '') FROM (SELECT DISTINCT pool FROM job WHERE id = ANY (p_jobs)) pools;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.again(p_job bigint, p_attempt int, p_at timestamptz, p_guard text) RETURNS bigint {_HEAD} AS $$
DECLARE made bigint;
BEGIN
    UPDATE job SET guard = NULL WHERE id = p_job;
    INSERT INTO job (batch, number, flow, bundle, pool, labels, route, priority, deadline, variables, row, key, guard, desktop,
            repeatable, attempt, retry_of, submitted_by)
        SELECT batch, number, flow, bundle, pool, labels, route, priority, CASE WHEN deadline > now() THEN deadline END, variables,
            row, key, p_guard, desktop, repeatable, p_attempt, id, submitted_by FROM job WHERE id = p_job RETURNING id INTO made;
    PERFORM enqueue(ARRAY[made], p_at);
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.sweep() RETURNS void {_HEAD} AS $$
DECLARE one flowdesk.job;
BEGIN
    IF NOT pg_try_advisory_xact_lock(70160820) THEN RETURN; END IF;
    FOR one IN SELECT j.* FROM job j JOIN procrastinate_jobs q ON q.id = j.queued
        WHERE j.state = 'waiting' AND j.deadline <= now() FOR UPDATE OF q SKIP LOCKED LOOP
        IF EXISTS (SELECT FROM job WHERE id = one.id AND state = 'waiting' FOR UPDATE) THEN
            PERFORM unqueue(one.queued);
            PERFORM expire(one.id);
        END IF;
    END LOOP;
    IF up_since() < now() - interval '30 seconds' THEN
        FOR one IN SELECT j.* FROM job j JOIN robot r ON r.id = j.robot
            WHERE j.state = 'running' AND r.seen < now() - interval '30 seconds' LOOP
            PERFORM unqueue(one.queued);
            UPDATE job SET state = 'lost', ended = now(), code = 'fleet.lost' WHERE id = one.id AND state = 'running';
        END LOOP;
    END IF;
    DELETE FROM file WHERE ctid IN (SELECT ctid FROM file WHERE gathered < now() - interval '30 days' LIMIT 500);
    DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - interval '1 day';
END $$;
"""

PEOPLE = f"""
CREATE OR REPLACE FUNCTION flowdesk.submit(p jsonb, p_items jsonb) RETURNS TABLE (number int, job bigint, double_of bigint) {_HEAD} AS $$
#variable_conflict use_column
DECLARE fresh jsonb[]; made bigint[]; ids bigint[]; kept bigint[]; wanted_route text;
BEGIN
    wanted_route := md5(concat_ws(' ', p->>'pool', p->>'labels', p->>'bundle'));
    INSERT INTO route VALUES (wanted_route, p->>'pool', p->'labels', p->>'bundle') ON CONFLICT DO NOTHING;
    -- They are queued before they are written, so that each row is written once.
    SELECT array_agg(i), array_agg(nextval('flowdesk.job_id_seq')) INTO fresh, made FROM (
        SELECT i FROM jsonb_array_elements(p_items) WITH ORDINALITY AS items (i, place)
        WHERE NOT EXISTS (SELECT FROM job WHERE guard = NULLIF(i->>'key', '')) ORDER BY place) one;
    IF made IS NOT NULL THEN
        ids := procrastinate_defer_jobs_v1(ARRAY(
            SELECT ROW(wanted_route, 'flowdesk.job', (p->>'priority')::int, NULL, NULL, jsonb_build_object('job', id), NULL)
                ::procrastinate_job_to_defer_v1 FROM unnest(made) WITH ORDINALITY AS numbers (id, place) ORDER BY place));
        WITH added AS (
            INSERT INTO job (id, queued, batch, number, flow, bundle, pool, labels, route, priority, deadline, variables, row, key,
                    guard, desktop, repeatable, submitted_by) OVERRIDING SYSTEM VALUE
            SELECT one.id, q.id, p->>'batch', (i->>'number')::int, p->>'flow', p->>'bundle', p->>'pool', p->'labels', wanted_route,
                (p->>'priority')::int, (p->>'deadline')::timestamptz, i->'variables', NULLIF(i->'row', 'null'), i->>'key',
                NULLIF(i->>'key', ''), p->>'desktop', (p->>'repeatable')::boolean, p->>'by'
            FROM unnest(fresh, made) WITH ORDINALITY AS one (i, id, place)
                JOIN procrastinate_jobs q ON q.id = ANY (ids) AND (q.args->>'job')::bigint = one.id ORDER BY place
            ON CONFLICT (guard) DO NOTHING RETURNING id)
        SELECT array_agg(id) INTO kept FROM added;
        IF cardinality(kept) IS DISTINCT FROM cardinality(made) THEN -- a key came twice, or somebody else was faster
            PERFORM unqueue(q.id) FROM procrastinate_jobs q
                WHERE q.id = ANY (ids) AND ((q.args->>'job')::bigint = ANY (kept)) IS NOT TRUE;
        END IF;
        made := kept;
        PERFORM pg_notify(channel(p->>'pool'), '');
    END IF;
    RETURN QUERY
        SELECT j.number, j.id, NULL::bigint FROM job j WHERE j.id = ANY (made)
        UNION ALL
        SELECT (i->>'number')::int, NULL::bigint, j.id FROM jsonb_array_elements(p_items) AS items (i)
            JOIN job j ON j.guard = NULLIF(i->>'key', '')
            WHERE made IS NULL OR NOT j.id = ANY (made) OR j.number <> (i->>'number')::int;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.cancel(p_job bigint, p_reason text) RETURNS text {_HEAD} AS $$
DECLARE one flowdesk.job;
BEGIN
    PERFORM 1 FROM procrastinate_jobs q JOIN job j ON j.queued = q.id WHERE j.id = p_job FOR UPDATE OF q;
    SELECT * INTO one FROM job WHERE id = p_job FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF one.state IN ('waiting', 'lost') THEN
        PERFORM unqueue(one.queued);
        UPDATE job SET state = 'cancelled', message = p_reason, code = 'fleet.cancelled', guard = NULL, ended = now(),
            cancel = CASE WHEN one.state = 'lost' THEN p_reason END WHERE id = one.id;
        RETURN 'cancelled';
    ELSIF one.state = 'running' THEN
        UPDATE job SET cancel = p_reason WHERE id = one.id AND cancel IS NULL;
        PERFORM pg_notify('flowdesk_robot_' || one.robot, one.id::text);
        RETURN 'asked';
    END IF;
    RETURN one.state;
END $$;

CREATE OR REPLACE FUNCTION flowdesk.retry(p_job bigint) RETURNS TABLE (state text, made bigint) {_HEAD} AS $$
#variable_conflict use_column
DECLARE one flowdesk.job; other bigint;
BEGIN
    SELECT * INTO one FROM job WHERE id = p_job FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT id INTO other FROM job WHERE retry_of = one.id LIMIT 1;
    IF other IS NOT NULL THEN RETURN QUERY SELECT 'retried'::text, other; RETURN; END IF;
    IF one.state NOT IN ('failed', 'cancelled', 'expired', 'lost') THEN RETURN QUERY SELECT one.state, NULL::bigint; RETURN; END IF;
    SELECT id INTO other FROM job WHERE guard = NULLIF(one.key, '') AND id <> one.id;
    IF other IS NOT NULL THEN RETURN QUERY SELECT 'double'::text, other; RETURN; END IF;
    RETURN QUERY SELECT one.state, again(one.id, 1, NULL, NULLIF(one.key, ''));
END $$;
"""

FUNCTIONS = (WITHIN, ROBOTS, PEOPLE)
