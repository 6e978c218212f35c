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

// kin are the other accounts of the same person: owner and owned both ways, and those with one owner. Its conditions are those of the
// index identity_merged, so that the many who are alone cost nothing.
const kin = `(
	SELECT m.account, m.user_id, m.owner_account AS kin_account, m.owner_user AS kin_user FROM identity m
	WHERE m.owner_account <> m.account OR m.owner_user <> m.user_id
	UNION ALL
	SELECT m.owner_account, m.owner_user, m.account, m.user_id FROM identity m
	WHERE m.owner_account <> m.account OR m.owner_user <> m.user_id
	UNION ALL
	SELECT a.account, a.user_id, b.account, b.user_id FROM identity a JOIN identity b ON b.owner_account = a.owner_account AND b.owner_user = a.owner_user
	WHERE (a.owner_account <> a.account OR a.owner_user <> a.user_id) AND (b.owner_account <> b.account OR b.owner_user <> b.user_id)
) k`
