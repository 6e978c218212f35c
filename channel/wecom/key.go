package wecom

// identity lists the elements that tell events of one second apart: which app, item, card, customer, member, group, tag or
// account it was about. The last ones are for messages without an id.
var identity = [...]string{
	"AgentID", "AgentId", "EventKey", "TaskId", "ResponseCode", "SelectedItems",
	"ScanCodeInfo", "SendPicsInfo", "SendLocationInfo", "Latitude", "Longitude", "Precision",
	"ChangeType", "UserID", "ExternalUserID", "State", "Source", "FailReason",
	"ChatId", "UpdateDetail", "JoinScene", "QuitScene", "MemChangeList", "LastMemVer", "CurMemVer",
	"Id", "TagType", "StrategyId", "Token", "OpenKfId", "AuthAddOpenKfId", "AuthDelOpenKfId",
	"SuiteId", "AuthCorpId", "BatchJob", "Department", "TagId", "LinkId", "ChatKey",
	"Content", "MediaId", "Url", "Title", "Location_X", "Location_Y",
}
