package segment

// people are all who are known on any account, with when and how they came, as p: followers of official accounts and members or
// contacts who came while the bot listened; the other contacts of WeCom; and those who only ever wrote to customer service. Each is
// there once.
const people = `(
	SELECT account, user_id, scene, followed_at, unfollowed_at, following FROM follower
	UNION ALL
	SELECT c.account, c.user_id, COALESCE(MAX(CASE WHEN r.ended_at = 0 THEN r.state ELSE '' END), ''), COALESCE(MIN(r.since), 0), COALESCE(MAX(r.ended_at), 0),
		COALESCE(MAX(CASE WHEN r.ended_at = 0 THEN 1 ELSE 0 END), 0) = 1
	FROM contact c LEFT JOIN contact_relation r ON r.account = c.account AND r.user_id = c.user_id
	WHERE NOT EXISTS (SELECT 1 FROM follower f WHERE f.account = c.account AND f.user_id = c.user_id)
	GROUP BY c.account, c.user_id
	UNION ALL
	SELECT k.account, k.user_id, '', 0, 0, FALSE FROM kf_talk k
	WHERE NOT EXISTS (SELECT 1 FROM follower f WHERE f.account = k.account AND f.user_id = k.user_id)
		AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.account = k.account AND c.user_id = k.user_id)
	GROUP BY k.account, k.user_id
) p`

// merged are those who turned out to be somebody whom another account knows, with the name that what they have is kept under. Its
// condition is that of the index identity_merged_person, so that the many who are alone cost nothing.
const merged = "(SELECT account, user_id, owner_account, owner_user FROM identity WHERE owner_account <> account OR owner_user <> user_id)"
