-- +goose Up
-- What somebody has accepted of subscription notifications: each acceptance is for one message.
CREATE TABLE subscription_grant (
    account    TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    template   TEXT   NOT NULL,
    event_key  TEXT   NOT NULL, -- of the event that told
    granted_at BIGINT NOT NULL,
    used_by    TEXT   NOT NULL, -- the message; empty: none yet
    PRIMARY KEY (account, user_id, template, event_key)
);
CREATE INDEX subscription_grant_old ON subscription_grant (granted_at) WHERE used_by <> '';

-- +goose Down
DROP TABLE subscription_grant;
