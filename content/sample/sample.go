// Package sample is the content that ships in the binary: what a new user sees in the demo, and what operators copy to begin
// with. It tells the story of a health retailer: a gift for following, a prize quiz, a survey after a live stream.
package sample

import "embed"

// FS holds the sample's YAML files, and the pictures that they name.
//
//go:embed *.yaml pictures
var FS embed.FS
