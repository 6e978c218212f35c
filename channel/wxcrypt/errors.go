package wxcrypt

// Error is why something was refused. The texts are for logs: whoever sent the callback learns a status at most, since the
// difference between them helps only somebody who guesses.
type Error string

// The refusals.
const (
	ErrKey       Error = "the AES key is not 43 characters of base64"
	ErrSignature Error = "the signature does not match"
	ErrBase64    Error = "the encrypted text is not base64"
	ErrLength    Error = "a length is wrong: damaged text or another key"
	ErrPadding   Error = "the padding is wrong: damaged text or another key"
	ErrReceiveID Error = "the message is for somebody else"
)

// Error gives the text.
func (e Error) Error() string { return "wxcrypt: " + string(e) }
