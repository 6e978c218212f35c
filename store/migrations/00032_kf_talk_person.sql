-- +goose Up
-- Whoever writes to somebody asks at which desks they talk.
CREATE INDEX kf_talk_person ON kf_talk (account, user_id);

-- +goose Down
DROP INDEX kf_talk_person;
