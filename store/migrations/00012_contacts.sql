-- +goose Up
-- The customers of WeCom as the platform describes them.
CREATE TABLE contact (
    account    TEXT   NOT NULL,
    user_id    TEXT   NOT NULL, -- external user id
    name       TEXT   NOT NULL,
    type       BIGINT NOT NULL, -- 1: uses WeChat, 2: uses WeCom, 0: not known yet
    corp       TEXT   NOT NULL, -- of those who use WeCom
    unionid    TEXT   NOT NULL,
    fetched_at BIGINT NOT NULL, -- 0: only heard of
    PRIMARY KEY (account, user_id)
);
-- Who of the staff has whom.
CREATE TABLE contact_relation (
    account     TEXT   NOT NULL,
    user_id     TEXT   NOT NULL,
    member      TEXT   NOT NULL,
    remark      TEXT   NOT NULL,
    description TEXT   NOT NULL,
    state       TEXT   NOT NULL, -- of the contact way
    add_way     BIGINT NOT NULL,
    since       BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL, -- 0: it lasts
    changed_at  BIGINT NOT NULL, -- of the latest event or look
    seen_run    BIGINT NOT NULL, -- the latest full sync that saw it
    PRIMARY KEY (account, user_id, member)
);
CREATE INDEX contact_relation_member ON contact_relation (account, member);
CREATE TABLE contact_tag (
    account TEXT   NOT NULL,
    user_id TEXT   NOT NULL,
    member  TEXT   NOT NULL,
    tag_id  TEXT   NOT NULL, -- empty: a tag of the member's own
    name    TEXT   NOT NULL, -- empty where the platform gave the id alone
    kind    BIGINT NOT NULL, -- 1: the corp's, 2: the member's own, 3: of a rule group
    PRIMARY KEY (account, user_id, member, tag_id, name)
);
CREATE TABLE contact_member (
    account     TEXT   NOT NULL,
    member      TEXT   NOT NULL,
    seen_run    BIGINT NOT NULL,
    skipped_run BIGINT NOT NULL, -- the latest full sync that was not told of the customers
    left_at     BIGINT NOT NULL, -- 0: may have customers
    PRIMARY KEY (account, member)
);

CREATE TABLE corp_tag_group (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    place      BIGINT NOT NULL, -- larger first
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE TABLE corp_tag (
    account    TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    group_id   TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    place      BIGINT NOT NULL,
    deleted_at BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX corp_tag_name ON corp_tag (account, name);

-- What the bot itself knows of a person, on every kind of account.
CREATE TABLE person_tag (
    account   TEXT   NOT NULL,
    user_id   TEXT   NOT NULL,
    tag       TEXT   NOT NULL,
    handler   TEXT   NOT NULL,
    campaign  TEXT   NOT NULL,
    event_key TEXT   NOT NULL, -- of the event that set it first
    at        BIGINT NOT NULL,
    PRIMARY KEY (account, user_id, tag)
);
-- What became of bringing such a tag to the platform, for each member who has the customer.
CREATE TABLE tag_push (
    account TEXT   NOT NULL,
    user_id TEXT   NOT NULL,
    member  TEXT   NOT NULL,
    tag     TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, user_id, member, tag)
);

-- What has to be looked up or brought to the platform. A mark set again counts on, so that who works on it sees that it
-- came again meanwhile.
CREATE TABLE contact_dirty (
    account   TEXT   NOT NULL,
    kind      TEXT   NOT NULL,
    subject   TEXT   NOT NULL,
    marks     BIGINT NOT NULL,
    marked_at BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    tries     BIGINT NOT NULL,
    problem   TEXT   NOT NULL, -- of the last try
    PRIMARY KEY (account, kind, subject)
);
CREATE INDEX contact_dirty_due ON contact_dirty (account, due_at);

-- How far the full sync of an account is.
CREATE TABLE contact_sync (
    account      TEXT   NOT NULL PRIMARY KEY,
    run          BIGINT NOT NULL,
    step         TEXT   NOT NULL, -- members, contacts, tags, done
    after_member TEXT   NOT NULL, -- the last one whose customers are all there
    page_cursor  TEXT   NOT NULL,
    members      BIGINT NOT NULL,
    members_done BIGINT NOT NULL,
    contacts     BIGINT NOT NULL,
    ended        BIGINT NOT NULL,
    started_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    finished_at  BIGINT NOT NULL, -- of the last run that came to its end
    wanted_at    BIGINT NOT NULL, -- somebody asked for a run
    problem      TEXT   NOT NULL,
    journal_at   BIGINT NOT NULL  -- how far the journal was read for people to look up
);

-- +goose Down
DROP TABLE contact_sync;
DROP TABLE contact_dirty;
DROP TABLE tag_push;
DROP TABLE person_tag;
DROP TABLE corp_tag;
DROP TABLE corp_tag_group;
DROP TABLE contact_member;
DROP TABLE contact_tag;
DROP TABLE contact_relation;
DROP TABLE contact;
