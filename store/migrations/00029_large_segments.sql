-- +goose Up
-- What segments of a million people are counted by, without the rows of the tables.
CREATE INDEX journal_received ON journal (account, received_at, user_id, kind);
DROP INDEX consent_topic;
CREATE INDEX consent_topic ON consent (topic, granted, account, user_id);

-- +goose Down
DROP INDEX consent_topic;
CREATE INDEX consent_topic ON consent (topic, granted);
DROP INDEX journal_received;
