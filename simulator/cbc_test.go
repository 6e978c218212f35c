package simulator

import (
	"crypto/aes"
	"crypto/cipher"
	"testing"
)

// encryptCBC encrypts whole blocks, without minding their padding.
func encryptCBC(t *testing.T, key, plain []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(out, plain)
	return out
}
