package wxapi

// The paths where tokens are given.
const (
	pathWeComGrant    = "/cgi-bin/gettoken"
	pathOfficialGrant = "/cgi-bin/stable_token"
)

func isTokenAPI(path string) bool { return path == pathWeComGrant || path == pathOfficialGrant }

// otherPaths is what an Observer hears instead of a path that is not in paths.
const otherPaths = "other"

// paths are those that an Observer hears of by name, so that the number of its series is bounded. A test reads the channels'
// sources and fails when one is missing.
var paths = map[string]bool{
	pathWeComGrant:    true,
	pathOfficialGrant: true,

	"/cgi-bin/message/send":            true,
	"/cgi-bin/media/upload":            true,
	"/cgi-bin/media/uploadimg":         true,
	"/cgi-bin/media/upload_attachment": true,

	"/cgi-bin/externalcontact/send_welcome_msg": true,
	"/cgi-bin/externalcontact/get":              true,
	"/cgi-bin/externalcontact/remark":           true,
	"/cgi-bin/externalcontact/mark_tag":         true,

	"/cgi-bin/externalcontact/add_msg_template":         true,
	"/cgi-bin/externalcontact/get_groupmsg_task":        true,
	"/cgi-bin/externalcontact/get_groupmsg_send_result": true,
	"/cgi-bin/externalcontact/cancel_groupmsg_send":     true,
	"/cgi-bin/webhook/send":                             true,

	"/cgi-bin/externalcontact/get_follow_user_list": true,
	"/cgi-bin/externalcontact/batch/get_by_user":    true,
	"/cgi-bin/externalcontact/get_corp_tag_list":    true,
	"/cgi-bin/externalcontact/add_corp_tag":         true,
	"/cgi-bin/kf/customer/batchget":                 true,
	"/cgi-bin/user/info":                            true,

	"/cgi-bin/kf/account/list":        true,
	"/cgi-bin/kf/sync_msg":            true,
	"/cgi-bin/kf/send_msg":            true,
	"/cgi-bin/kf/send_msg_on_event":   true,
	"/cgi-bin/kf/service_state/get":   true,
	"/cgi-bin/kf/service_state/trans": true,

	"/cgi-bin/message/custom/send":       true,
	"/cgi-bin/message/template/send":     true,
	"/cgi-bin/message/subscribe/bizsend": true,
	"/cgi-bin/message/mass/sendall":      true,
	"/cgi-bin/message/mass/preview":      true,
	"/cgi-bin/message/mass/get":          true,
	"/cgi-bin/message/mass/delete":       true,
}

// label is the path as an Observer hears it.
func label(path string) string {
	if paths[path] {
		return path
	}
	return otherPaths
}
