-- +goose Up
-- What segments of people are looked up by.
CREATE INDEX follower_followed ON follower (followed_at);
CREATE INDEX identity_merged ON identity (owner_account, owner_user) WHERE owner_account <> account OR owner_user <> user_id;
CREATE INDEX identity_merged_person ON identity (account, user_id) WHERE owner_account <> account OR owner_user <> user_id;
CREATE INDEX person_tag_tag ON person_tag (tag, account, user_id);
CREATE INDEX contact_tag_name ON contact_tag (name, account, user_id);
CREATE INDEX contact_tag_id ON contact_tag (account, tag_id, user_id);
CREATE INDEX consent_topic ON consent (topic, granted);

-- +goose Down
DROP INDEX consent_topic;
DROP INDEX contact_tag_id;
DROP INDEX contact_tag_name;
DROP INDEX person_tag_tag;
DROP INDEX identity_merged_person;
DROP INDEX identity_merged;
DROP INDEX follower_followed;
