package official

// identity lists the elements that tell events of one person in one second apart. The last ones are for messages without an id.
var identity = [...]string{
	"EventKey", "Ticket", "MenuId", "Status", "MsgID", "Latitude", "Longitude", "Precision",
	"ScanCodeInfo", "SendPicsInfo", "SendLocationInfo", "PublishEventInfo",
	"SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent",
	"KfAccount", "FromKfAccount", "ToKfAccount", "RevokeInfo",
	"Content", "MediaId", "Url", "Title", "Location_X", "Location_Y", "FileKey",
}
