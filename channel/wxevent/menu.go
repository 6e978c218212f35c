package wxevent

import (
	"guanjia/bot"
	"guanjia/channel/wxxml"
)

// ScanCode is the Detail of KindMenuScanCode.
type ScanCode struct {
	Type   string // "qrcode", "barcode"
	Result string
	Waits  bool // the person is shown a waiting note until the reply comes (scancode_waitmsg)
}

// Pictures is the Detail of KindMenuPictures; the pictures follow as image messages.
type Pictures struct {
	Count int64
	MD5s  []string
}

// MenuAct fills in what a tap on a menu item of a special kind led to: a scan, pictures or a place. It is false of all
// others.
func MenuAct(ev *bot.Event, es wxxml.Elements) bool {
	switch ev.Name {
	case "scancode_push", "scancode_waitmsg":
		ev.Kind = bot.KindMenuScanCode
		info := es.In("ScanCodeInfo")
		ev.Detail = ScanCode{
			Type:   info.Word("ScanType"),
			Result: info.Text("ScanResult"),
			Waits:  ev.Name == "scancode_waitmsg",
		}
	case "pic_sysphoto", "pic_photo_or_album", "pic_weixin":
		ev.Kind = bot.KindMenuPictures
		ev.Detail = pictures(es.In("SendPicsInfo"))
	case "location_select":
		ev.Kind = bot.KindMenuLocation
		ev.Place = Place(es.In("SendLocationInfo"), "Location_X", "Location_Y")
	default:
		return false
	}
	ev.ItemKey = es.Word("EventKey")
	return true
}

func pictures(info wxxml.Elements) Pictures {
	p := Pictures{Count: info.Number("Count")}
	for _, item := range info.In("PicList").All("item") {
		p.MD5s = append(p.MD5s, item.Word("PicMd5Sum"))
	}
	return p
}
