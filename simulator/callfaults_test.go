package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What goes wrong with API calls is set over the page's API, strikes a call, and is seen in the log.
func TestFaultsOfCallsAreSetOverThePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	put := func(body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPut, "/api/calls/faults", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		o.sim.ServeHTTP(w, r)
		return w
	}
	if w := put(`[{"kind": "sleepy"}]`); w.Code != http.StatusBadRequest {
		t.Errorf("an unknown fault: HTTP %d %s", w.Code, w.Body)
	}
	w := put(`[{"kind": "busy", "times": 1}]`)
	contains(t, w.Body.String(), `"faults":[{"kind":"busy","times":1}]`)
	contains(t, w.Body.String(), `"/cgi-bin/gettoken"`)

	resp, err := http.Get(o.api.URL + "/cgi-bin/gettoken?corpid=" + testCorp + "&corpsecret=" + testAppSecret)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	until(t, "the call to be in the log", func() bool { return len(o.sim.State().Calls) == 1 })
	if c := o.sim.State().Calls[0]; c.ID != 1 || c.Code != -1 || c.Fault != "busy" {
		t.Errorf("the log has %+v", c)
	}
	if left := o.sim.API().Faults(); len(left) != 0 {
		t.Errorf("the fault is not over: %+v", left)
	}
}
