// Package platform is the frame of the platforms' HTTP API that the simulator plays: the official accounts' (公众号) and
// WeCom's (企业微信). It knows tokens, rights, addresses, quotas, faults, and how bodies and answers look on the wire; it knows
// no feature. A feature is a package that registers its calls:
//
//	api.Handle("POST /cgi-bin/kf/send_msg", platform.ByAppWith(platform.RightService), func(c *platform.Call) (any, error) {
//		var in struct {
//			ToUser string `json:"touser"`
//			OpenKfID string `json:"open_kfid"`
//		}
//		if err := c.Decode(&in); err != nil {
//			return nil, err
//		}
//		desk := service.desk(c.Corp.ID, in.OpenKfID)
//		if desk == nil {
//			return nil, platform.Refuse(95000, "invalid open_kfid")
//		}
//		return map[string]any{"msgid": id}, nil
//	})
//
// The life of one call: the method and path choose what was registered; a fault may strike; the token is looked up and tells
// who calls (Call.Corp and Call.App, or Call.Official); address, rights and quota are held against it; the function runs; its
// answer is written with errcode and errmsg, and with HTTP status 200 also when it refuses. A nil answer is
// {"errcode":0,"errmsg":"ok"}; a *File is a download. An expected refusal is an *Error; any other error is a mistake of the
// simulator and answered as errcode -1.
//
// What every feature stands on (clock, people, media, callbacks, the pages that watch) is the interface World.
package platform
