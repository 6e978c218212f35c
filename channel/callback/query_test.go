package callback

import (
	"net/url"
	"testing"
)

func TestRawQueriesAreDecodedOnce(t *testing.T) {
	t.Parallel()
	q, err := ParseQuery("a=%2B&echostr=" + url.QueryEscape("%2B +") + "&non%63e=1")
	if err != nil || q.Echo.Text != "%2B +" || q.Nonce.Text != "1" {
		t.Errorf("query: %+v, %v", q, err)
	}
}
