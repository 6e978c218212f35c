package simulator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"guanjia/simulator/kf"
)

// Desks lists the desks (客服账号) of all corps as they are now.
func (c *Client) Desks(ctx context.Context) ([]DeskState, error) {
	return call[[]DeskState](ctx, c, http.MethodGet, "api/desks", nil)
}

// DeskChats lists the chats of a desk without their lines, the customer who wrote last first.
func (c *Client) DeskChats(ctx context.Context, openKfID string) ([]DeskChat, error) {
	return call[[]DeskChat](ctx, c, http.MethodGet, deskPath(openKfID, "chats"), nil)
}

// DeskChat reads a customer's chat with a desk: the lines that have changed since a version of the chat, 0 for all. When nothing
// has, it waits for as long as wait.
func (c *Client) DeskChat(ctx context.Context, openKfID, user string, since int64, wait time.Duration) (DeskChat, error) {
	path := fmt.Sprintf("users/%s/chat?since=%d&wait=%s", url.PathEscape(user), since, wait)
	return call[DeskChat](ctx, c, http.MethodGet, deskPath(openKfID, path), nil)
}

// CustomerDoes does something as a customer and returns the line it left in the chat. What the bot answers comes later.
func (c *Client) CustomerDoes(ctx context.Context, openKfID, user string, act kf.Act) (kf.Bubble, error) {
	return call[kf.Bubble](ctx, c, http.MethodPost, deskPath(openKfID, "users/"+url.PathEscape(user)+"/acts"), act)
}

// StaffDoes does something as a servicer of a desk, in their client; user is the customer it is about, if any.
func (c *Client) StaffDoes(ctx context.Context, openKfID, userID, user string, act kf.Act) (kf.Bubble, error) {
	path := deskPath(openKfID, "servicers/"+url.PathEscape(userID)+"/acts")
	return call[kf.Bubble](ctx, c, http.MethodPost, path, DeskAct{Act: act, User: user})
}

// DeskFile uploads what somebody is about to send: an image, a voice message, a video or a file. An empty voice is a second of
// silence.
func (c *Client) DeskFile(ctx context.Context, openKfID, kind, name string, data []byte) (DeskFile, error) {
	var f DeskFile
	path := deskPath(openKfID, "files?kind="+url.QueryEscape(kind)+"&name="+url.QueryEscape(name))
	err := c.do(ctx, http.MethodPost, path, "application/octet-stream", bytes.NewReader(data), &f)
	return f, err
}

// DeskLink makes a link to a desk that carries a scene.
func (c *Client) DeskLink(ctx context.Context, openKfID, scene string) (string, error) {
	out, err := call[struct{ URL string }](ctx, c, http.MethodPost, deskPath(openKfID, "links"), map[string]string{"scene": scene})
	return out.URL, err
}

// DeskLedger tells which replies followed each message of a customer, or of everybody when user is empty, and which messages of
// the API were refused.
func (c *Client) DeskLedger(ctx context.Context, openKfID, user string) (kf.Ledger, error) {
	return call[kf.Ledger](ctx, c, http.MethodGet, deskPath(openKfID, "ledger?user="+url.QueryEscape(user)), nil)
}

// SetDeskFaults says what goes wrong with the pages of sync_msg from now on.
func (c *Client) SetDeskFaults(ctx context.Context, openKfID string, faults kf.Faults) error {
	_, err := call[kf.Faults](ctx, c, http.MethodPut, deskPath(openKfID, "faults"), faults)
	return err
}

// FailNextSends lets the next messages of the API fail after they were accepted, one with each fail_type of msg_send_fail.
func (c *Client) FailNextSends(ctx context.Context, openKfID string, failTypes ...int) error {
	_, err := call[[]int](ctx, c, http.MethodPost, deskPath(openKfID, "faults/next"), append([]int{}, failTypes...))
	return err
}

// ManageDesk gives the right to operate a desk to the API, or takes it, as the corp's admin does.
func (c *Client) ManageDesk(ctx context.Context, openKfID string, managed bool) error {
	_, err := call[bool](ctx, c, http.MethodPut, deskPath(openKfID, "managed"), managed)
	return err
}

// ForgetCursors makes every cursor of sync_msg given out so far unknown.
func (c *Client) ForgetCursors(ctx context.Context, openKfID string) error {
	_, err := call[struct{}](ctx, c, http.MethodDelete, deskPath(openKfID, "cursors"), nil)
	return err
}

func deskPath(openKfID, what string) string {
	return "api/desks/" + url.PathEscape(openKfID) + "/" + what
}
