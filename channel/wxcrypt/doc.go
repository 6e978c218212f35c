// Package wxcrypt signs, opens and seals the callbacks of WeChat official accounts and WeCom, whose crypto is the same.
//
// The life of one callback: Codec.Open checks the signature over the encrypted text, in constant time and before anything
// else is looked at, then decrypts it and checks every length, every byte of the padding and the receive id; Codec.Seal
// encrypts the answer with fresh random bytes, signs it and wraps it in the platform's envelope. Sign, Verify and Key are
// the parts, for callbacks of another shape: the plain echo of an official account, the encrypted one of WeCom, WeCom robots.
//
// It is our own, over the standard library: the SDK's functions decode the key and expand its schedule for every message,
// compare signatures with ==, panic on bad keys and refuse an empty receive id. The SDK is what the tests compare with.
//
// The package imports the standard library only and knows nothing of HTTP or of what a message says.
package wxcrypt
