package content

import (
	"bytes"
	"image"
	_ "image/gif"  // for DecodeConfig
	_ "image/jpeg" // for DecodeConfig
	_ "image/png"  // for DecodeConfig
)

// Type is what a file is, whatever its name says.
type Type string

// The types that the platforms tell apart.
const (
	TypeJPEG  Type = "JPEG"
	TypePNG   Type = "PNG"
	TypeGIF   Type = "GIF"
	TypeAMR   Type = "AMR"
	TypeMP4   Type = "MP4"
	TypeOther Type = "other"
)

const (
	amrMagic = "#!AMR\n"
	// amrFrame is how long one frame of AMR sounds, in seconds (RFC 4867).
	amrFrame = 0.02
)

// amrSizes are the bytes of a frame after its head, by the frame's type (RFC 4867, the storage format). Types without data, and
// those that are not defined, have none.
var amrSizes = [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5}

// typeOf tells the type of a file by how it begins.
func typeOf(b []byte) Type {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return TypeJPEG
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return TypePNG
	case bytes.HasPrefix(b, []byte("GIF87a")), bytes.HasPrefix(b, []byte("GIF89a")):
		return TypeGIF
	case bytes.HasPrefix(b, []byte(amrMagic)):
		return TypeAMR
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && string(b[8:12]) != "qt  ": // QuickTime calls itself so
		return TypeMP4
	}
	return TypeOther
}

// damaged tells whether a picture begins like one and then can't be read: the platform would refuse it.
func damaged(typ Type, b []byte) bool {
	if typ != TypeJPEG && typ != TypePNG && typ != TypeGIF {
		return false
	}
	_, _, err := image.DecodeConfig(bytes.NewReader(b))
	return err != nil
}

// amrSeconds is how long an AMR file sounds.
func amrSeconds(b []byte) float64 {
	frames := 0
	for at := len(amrMagic); at < len(b); frames++ {
		at += 1 + amrSizes[b[at]>>3&15]
	}
	return float64(frames) * amrFrame
}
