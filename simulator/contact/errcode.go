package contact

import "fmt"

// Error is a refusal of the API.
type Error struct {
	Code int    // errcode
	Why  string // goes into errmsg, which nobody may rely on
}

func (e *Error) Error() string { return fmt.Sprintf("errcode %d: %s", e.Code, e.Why) }

func fail(code int, format string, args ...any) error {
	return &Error{Code: code, Why: fmt.Sprintf(format, args...)}
}

// The refusals of customer contact (WeCom docs, 全局错误码). The two marked so are from the pages of their calls, from memory.
const (
	CodeMediaID         = 40007
	CodeUserList        = 40031
	CodeChatID          = 40050
	CodeParameter       = 40058 // wrong JSON, type, length
	CodeEmptyParameter  = 40063
	CodeTagID           = 40068
	CodeTagName         = 40071 // there already, or illegal
	CodeExternalUserID  = 40096
	CodeMovedTooOften   = 40128 // 转接客户: twice in 90 days; from memory
	CodeMovingAlready   = 40129 // 转接客户; from memory
	CodeNoExternalUser  = 41035
	CodeWayType         = 41039
	CodeWayScene        = 41040
	CodeWayPeople       = 41041
	CodeWayStyle        = 41042
	CodeNoConfigID      = 41043
	CodeConfigID        = 41044
	CodeWayCount        = 41045
	CodeNoMsgID         = 41046
	CodeNobodyToSend    = 41048 // 创建企业群发: nobody can be sent to
	CodeNoWelcomeCode   = 41049
	CodeWelcomeCode     = 41050 // unknown, or older than 20 s
	CodeAlreadyTalking  = 41051 // or welcomed already
	CodeNoConsent       = 41053 // to the conversation archive
	CodeNotActivated    = 41054
	CodeNoDeveloper     = 41057 // no open-platform account bound
	CodeDispatching     = 41063 // a mass message that was just made
	CodeAttachmentCount = 41064
	CodeAttachmentType  = 41065
	CodeSendCancelled   = 41093
	CodeRemindedOften   = 41094
	CodeWelcomeBusy     = 41096 // another app is sending
	CodeEmptyText       = 44004
	CodeTextSize        = 45002
	CodeParty           = 60003
	CodeNoRight         = 60011 // the app may not touch this member
	CodeNoMember        = 60111
	CodeTagRight        = 81011 // another app's tag
	CodeTooMany         = 81017
	CodeNoRelation      = 84061
	CodeNoContactRight  = 84074
)
