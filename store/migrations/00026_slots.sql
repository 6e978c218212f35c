-- +goose Up
-- What happens at times: how far each plan of the content has come.
CREATE TABLE schedule (
    name        TEXT   NOT NULL PRIMARY KEY,
    version     BIGINT NOT NULL, -- counts the changes of the content
    fingerprint TEXT   NOT NULL, -- of what the content says; empty: it was removed
    through     BIGINT NOT NULL, -- the times up to this one are dealt with
    next_at     BIGINT NOT NULL, -- 0: never again
    scanned     BIGINT NOT NULL, -- of a trigger: what became due up to here has been found
    changed_at  BIGINT NOT NULL
);
-- Each time that came, once.
CREATE TABLE schedule_slot (
    name     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    state    TEXT   NOT NULL, -- running, done, missed, stopped
    reason   TEXT   NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL, -- 0: not yet
    people   BIGINT NOT NULL,
    queued   BIGINT NOT NULL,
    mark     TEXT   NOT NULL, -- how far a run has come
    PRIMARY KEY (name, at)
);
CREATE INDEX schedule_slot_at ON schedule_slot (at);

-- +goose Down
DROP TABLE schedule_slot;
DROP TABLE schedule;
