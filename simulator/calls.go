package simulator

import (
	"errors"
	"net/http"
	"slices"

	"guanjia/simulator/platform"
)

// CallLimit is how often each caller may make a call.
type CallLimit struct {
	Path  string          `json:"path"`
	Limit *platform.Limit `json:"limit"` // null: as the platform does
}

// TakenBack are tokens that the platform takes back before their end.
type TakenBack struct {
	platform.Tokens
	Code int `json:"code"` // what their callers get: 40014, 42001 or 40001
}

func (s *Simulator) putCallLimit(r *http.Request) (any, error) {
	in, err := decode[CallLimit](r)
	if err != nil {
		return nil, err
	}
	if err := s.api.SetLimit(in.Path, in.Limit); errors.Is(err, platform.ErrNoSuchCall) {
		return nil, refuse(codeNotFound, "没有接口 %q", in.Path)
	} else if err != nil {
		return nil, err
	}
	return in, nil
}

func (s *Simulator) postTakenBack(r *http.Request) (any, error) {
	in, err := decode[TakenBack](r)
	if err != nil {
		return nil, err
	}
	codes := []int{platform.CodeBadToken, platform.CodeExpiredToken, platform.CodeBadCredential}
	if !slices.Contains(codes, in.Code) {
		return nil, refuse(codeBadRequest, "code 应是 %v 之一", codes)
	}
	return map[string]int{"taken_back": s.api.Invalidate(in.Tokens, in.Code)}, nil
}
