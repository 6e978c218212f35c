package kf

import (
	"bytes"
	"encoding/json"
	"time"
)

// encode writes JSON as the platform does: raw UTF-8, nothing escaped that need not be.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // a type of this package that can't be encoded
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Body is what a call says; *platform.Call is one.
type Body interface {
	// Decode reads the body into v, or refuses it.
	Decode(v any) error
}

// Paths are the calls that Call knows, by their path below /cgi-bin/. All take POST; servicer/list takes GET with its parameter
// in the query.
func Paths() []string {
	return []string{
		"kf/sync_msg", "kf/send_msg", "kf/send_msg_on_event", "kf/service_state/get", "kf/service_state/trans", "kf/account/list",
		"kf/add_contact_way", "kf/servicer/add", "kf/servicer/del", "kf/servicer/list", "kf/customer/batchget",
	}
}

// Call answers one call of the API. The answer is what goes beside errcode 0; a *platform.Error says why there is none.
func (s *Service) Call(now time.Time, path string, body Body) (any, error) {
	switch path {
	case "kf/sync_msg":
		return answer(now, body, s.syncMsg)
	case "kf/send_msg":
		return answer(now, body, s.sendMsg)
	case "kf/send_msg_on_event":
		return answer(now, body, s.sendMsgOnEvent)
	case "kf/service_state/get":
		return answer(now, body, s.stateGet)
	case "kf/service_state/trans":
		return answer(now, body, s.stateTrans)
	case "kf/account/list":
		return answer(now, body, s.accountList)
	case "kf/add_contact_way":
		return answer(now, body, s.addContactWay)
	case "kf/servicer/add":
		return answer(now, body, s.servicerAdd)
	case "kf/servicer/del":
		return answer(now, body, s.servicerDel)
	case "kf/servicer/list":
		return answer(now, body, s.servicerList)
	case "kf/customer/batchget":
		return answer(now, body, s.batchGet)
	}
	return nil, refuse(codeParameter, "no such call: %s", path)
}

func answer[In, Out any](now time.Time, body Body, call func(time.Time, In) (Out, error)) (any, error) {
	var in In
	if err := body.Decode(&in); err != nil {
		return nil, err
	}
	out, err := call(now, in)
	if err != nil {
		return nil, err
	}
	return out, nil
}
