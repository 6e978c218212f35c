-- +goose Up
-- What the platform told of a mass message before its id was known here.
CREATE TABLE broadcast_told (
    account TEXT   NOT NULL,
    msg_id  TEXT   NOT NULL,
    outcome BYTEA  NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, msg_id)
);

-- +goose Down
DROP TABLE broadcast_told;
