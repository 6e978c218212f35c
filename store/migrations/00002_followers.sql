-- +goose Up
CREATE TABLE follower (
    account       TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    scene         TEXT    NOT NULL, -- of the last follow
    followed_at   BIGINT  NOT NULL,
    unfollowed_at BIGINT  NOT NULL,
    follows       BIGINT  NOT NULL,
    following     BOOLEAN NOT NULL,
    PRIMARY KEY (account, user_id)
);
-- Every follow and unfollow once: makes them idempotent, and counts them by scene and day.
CREATE TABLE follower_event (
    account       TEXT    NOT NULL,
    event_key     TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    follow        BOOLEAN NOT NULL,
    scene         TEXT    NOT NULL,
    at            BIGINT  NOT NULL,
    was_returning BOOLEAN NOT NULL,
    PRIMARY KEY (account, event_key)
);
CREATE INDEX follower_event_person ON follower_event (account, user_id);

-- +goose Down
DROP TABLE follower_event;
DROP TABLE follower;
