// Package wxapi calls the platforms' APIs: WeCom's and the official accounts', which answer alike. A Caller makes calls; a
// Source knows the access token of one account and secret.
//
// The platform answers HTTP 200 to almost everything: only errcode says how a call went (Error). A call that got no answer, or
// one that can't be read, is a NoAnswerError: nobody knows whether it took effect. Neither repeats a token, a secret or a URL.
//
// A token is fetched by one process for all (Shared), ahead of its end, while the old one serves; it is fetched again when the
// platform says that it holds no longer, and then the call is made once more.
package wxapi
