package material

import (
	"bytes"
	"image"
	_ "image/gif"  // for DecodeConfig: what may be uploaded
	_ "image/jpeg" // the same
	_ "image/png"  // the same
	"time"
)

// format is what a file is: "png", "jpeg", "gif", "amr", "mp3", "mp4"; empty: something else.
func format(data []byte) string {
	if _, name, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		return name
	}
	switch {
	case bytes.HasPrefix(data, []byte(amrHead)):
		return "amr"
	case bytes.HasPrefix(data, []byte("ID3")), len(data) > 1 && data[0] == 0xFF && data[1]&0xE6 == 0xE2:
		return "mp3"
	case len(data) > 12 && string(data[4:8]) == "ftyp":
		return "mp4"
	}
	return ""
}

// contentTypes are what downloads are sent as.
func contentType(format string) string {
	switch format {
	case "png", "jpeg", "gif":
		return "image/" + format
	case "amr":
		return "audio/amr"
	case "mp3":
		return "audio/mpeg"
	case "mp4":
		return "video/mp4"
	}
	return "application/octet-stream"
}

// amrHead begins a recording of narrow-band AMR; RFC 4867.
const amrHead = "#!AMR\n"

// amrFrame is the time of one frame of a recording, and amrSizes are the bytes that follow a frame's head by its type.
const amrFrame = 20 * time.Millisecond

var amrSizes = [16]int{12, 13, 15, 17, 19, 20, 26, 31, 5} //nolint:gochecknoglobals // a table of RFC 4867

// amrLength is how long a recording is.
func amrLength(data []byte) time.Duration {
	var length time.Duration
	for i := len(amrHead); i < len(data); i += 1 + amrSizes[data[i]>>3&15] {
		length += amrFrame
	}
	return length
}
