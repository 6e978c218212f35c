-- +goose Up
-- Every message counts its account's quota: in one row they would wait for each other, so the row is in parts.
CREATE TABLE send_quota_part (
    account    TEXT   NOT NULL,
    way        TEXT   NOT NULL,
    day        TEXT   NOT NULL, -- in China
    part       BIGINT NOT NULL,
    pushes     BIGINT NOT NULL,
    replies    BIGINT NOT NULL,
    PRIMARY KEY (account, way, day, part)
);
INSERT INTO send_quota_part (account, way, day, part, pushes, replies) SELECT account, way, day, 0, pushes, replies FROM send_quota;
DROP TABLE send_quota;

-- +goose Down
CREATE TABLE send_quota (
    account    TEXT   NOT NULL,
    way        TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    pushes     BIGINT NOT NULL,
    replies    BIGINT NOT NULL,
    PRIMARY KEY (account, way, day)
);
INSERT INTO send_quota (account, way, day, pushes, replies) SELECT account, way, day, SUM(pushes), SUM(replies) FROM send_quota_part GROUP BY account, way, day;
DROP TABLE send_quota_part;
