package bot

// AccountName is the operator's short name of one official account or WeCom corp, as listed in BOT_ACCOUNTS. Lower case.
type AccountName string

// UserID is one person as one account knows them: the openid of an official account, the external user id or the member's
// userid of WeCom. It is unique within an account only.
type UserID string

// EventKey identifies one event of one account among all its deliveries: retries and duplicates share it, different events
// never do. The channel makes it, by event class.
type EventKey string

// Scene is the parameter of the QR code or contact way through which somebody came, without the platform's prefix.
type Scene string

// HandlerName names a handler and, where it has a toggle, its toggle: "quiz" is switched by BOT_QUIZ.
type HandlerName string

// Person is somebody within an account.
type Person struct {
	Account AccountName `json:"account"`
	User    UserID      `json:"user"`
}
